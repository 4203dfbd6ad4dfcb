import { isClean, type RebuildNews, type RebuildReport } from "@aethyr/operator";
import { CliError } from "../errors.ts";
import { progressLine } from "../importing/progress-line.ts";
import type { Row } from "../output/rows.ts";
import { verb, type Call } from "../verb.ts";
import { withWorld } from "../world/with-world.ts";

type Options = { readonly clear?: true; readonly writeSnapshots?: true };

export const worldRebuild = verb<Options>({
  name: "rebuild",
  summary: "replays the whole log, and compares the world with what that comes to",
  details:
    "Every stream is replayed from its first event through the machines, without snapshots. The state that it comes to is compared, by hash, with the actor in memory and with the stored snapshots; and whether the log has all the events that it says it has. The world may run meanwhile. Fails, and names the first bad ones, if anything cannot be replayed or is not equal.",
  examples: [
    ["world rebuild", "changes nothing, and says whether all is well"],
    ["world rebuild --clear --write-snapshots", "also makes actors anew from the log, and snapshots where they differ or are missing"],
    ["world rebuild --output ndjson", "every step of it, one JSON object a line; the report is the last"],
  ],
  define: (command) =>
    command
      .option("--clear", "make the actors in memory anew, once they are compared")
      .option("--write-snapshots", "replace stored snapshots that differ, and write those that are missing"),
  async run(call) {
    const { clear = false, writeSnapshots = false } = call.options;
    const report = await withWorld(
      call,
      async ({ operations, isRunning }) => {
        if (!isRunning && call.print.format === "table") call.notes.note("the world is stopped: nothing of it is in memory");
        return follow(call, operations.rebuildWorld({ clear, writeSnapshots, signal: call.io.signal }));
      },
      { change: writeSnapshots },
    );
    if (!isClean(report)) throw differs(report);
  },
});

async function follow(call: Call, all: AsyncIterable<RebuildNews>): Promise<RebuildReport> {
  const beganMs = performance.now();
  let report: RebuildReport | undefined;
  try {
    for await (const news of all) {
      if (news.kind === "report") ({ report } = news);
      if (call.print.format === "ndjson") await call.print.one(news, []);
      else if (news.kind === "bad" && call.print.format === "table") call.notes.warn(news.bad.message);
      else if (news.kind === "progress") call.notes.progress(textOf(news, performance.now() - beganMs));
    }
  } finally {
    call.notes.clear();
  }
  if (report === undefined) throw new CliError("rebuild_incomplete", "the rebuild did not come to its end: run it again");
  if (call.print.format !== "ndjson") await call.print.one(report, rowsOf(report));
  return report;
}

function textOf({ events, ofEvents, streams }: Extract<RebuildNews, { kind: "progress" }>, ms: number): string {
  const perSecond = events / Math.max(ms / 1_000, 0.001);
  const leftS = Math.max(0, Math.ceil((ofEvents - events) / Math.max(perSecond, 1)));
  return `${progressLine({ phase: `${streams} streams`, done: events, total: Math.max(ofEvents, events), perSecond })}  ${leftS} s left`;
}

function rowsOf(report: RebuildReport): readonly Row[] {
  const { streams, events, equal, different, failed, live, snapshots, anew, complete, aggregates, hash, ms } = report;
  return [
    ["streams", streams],
    ["events", events],
    ["equal", equal],
    ["different", different],
    ["failed", failed],
    ["actors in memory", compared(live)],
    ...(anew === null ? [] : ([["actors made anew", compared(anew)]] satisfies Row[])),
    ["snapshots", `${compared(snapshots)}${snapshots.unused > 0 ? `, ${snapshots.unused} not in use` : ""}`],
    ...(snapshots.written > 0 ? ([["snapshots written", snapshots.written]] satisfies Row[]) : []),
    ["log complete", complete === null ? "not known: it grew too fast to be counted" : complete ? "yes" : "no"],
    ["aggregates", aggregates],
    ["hash of the world", hash],
    ["time", `${(ms / 1_000).toFixed(1)} s`],
  ];
}

const compared = (the: RebuildReport["live"]): string => `${the.compared} compared, ${the.different} different`;

function differs({ bad, moreBad, failed, different }: RebuildReport): CliError {
  const named = bad.slice(0, 3).map(({ stream }) => (stream === null ? "the log" : `${stream.type}/${stream.id}`));
  const count = bad.length + moreBad;
  const more = count > named.length ? ` and ${count - named.length} more` : "";
  return new CliError("world_differs", `the world is not what its events make it: ${named.join(", ")}${more}, as its report says`, {
    failed,
    different,
  });
}
