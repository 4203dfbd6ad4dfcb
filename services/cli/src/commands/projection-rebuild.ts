import type { ProjectionRebuildReport, ReadModelOperations, Until } from "@aethyr/operator";
import { untilArgument } from "../arguments.ts";
import { CliError } from "../errors.ts";
import { typed } from "../how-to-type.ts";
import { progressLine } from "../importing/progress-line.ts";
import type { Row } from "../output/rows.ts";
import { verb, type Call } from "../verb.ts";
import { withWorkingReadModels } from "../world/working-read-models.ts";
import { rowsCompared } from "./projection-compare.ts";

type Options = { readonly until?: Until; readonly keep?: true };

export const projectionRebuild = verb<Options>({
  name: "rebuild",
  summary: "makes a read model anew from the log, beside the present one, and puts it in its place",
  details:
    "When the new copy is level with the log it is compared with the active one, row by row, and its tables get the plain names. What was wrong in the old one is told, and the old one is kept until it is dropped. Ends when that is done; interrupted before, the copy is made all the same. A copy of the world as it was (--until) stays beside the active one.",
  examples: [
    ["projection rebuild rooms", "made anew, compared, put in place"],
    ["projection rebuild rooms --keep", "made anew, left beside the active copy"],
    ["projection rebuild object_locations --until 2026-11-21T16:30", "where everything was then"],
  ],
  define: (command) =>
    command
      .argument("<projection>", "such as rooms")
      .option("--until <position|time>", "the world as it was: up to and with a position of the log, or before a time", untilArgument)
      .option("--keep", "do not compare, do not switch"),
  async run(call) {
    const report = await withWorkingReadModels(call, async (readModels) => follow(call, readModels));
    if (call.print.format !== "ndjson") await call.print.one(report, rowsOf(report));
    if (call.print.format === "table") tell(call, report);
  },
});

async function follow(call: Call<Options>, readModels: ReadModelOperations): Promise<ProjectionRebuildReport> {
  const { until, keep = false } = call.options;
  const [projection = ""] = call.args;
  let schema: string | undefined;
  let report: ProjectionRebuildReport | undefined;
  try {
    for await (const news of readModels.rebuild(projection, {
      ...(until === undefined ? {} : { until }),
      keep,
      signal: call.io.signal,
    })) {
      if (call.print.format === "ndjson") await call.print.one(news, []);
      if (news.kind === "made") ({ schema } = news);
      else if (news.kind === "report") ({ report } = news);
      else call.notes.progress(textOf(news));
    }
  } catch (error) {
    call.notes.clear();
    if (schema !== undefined) call.notes.note(`${schema} stays, and is in the list: ${typed("projection list")}`);
    throw error;
  } finally {
    call.notes.clear();
  }
  if (report === undefined) throw new CliError("rebuild_incomplete", "the rebuild did not come to its end: see the list of projections");
  return report;
}

function textOf({
  schema,
  events,
  lagEvents,
  eventsPerSecond,
  etaSeconds,
}: {
  readonly schema: string;
  readonly events: number;
  readonly lagEvents: number;
  readonly eventsPerSecond: number | null;
  readonly etaSeconds: number | null;
}): string {
  const line = progressLine({ phase: schema, done: events, total: events + lagEvents, perSecond: eventsPerSecond ?? 0 });
  return etaSeconds === null ? line : `${line}  ${Math.ceil(etaSeconds)} s left`;
}

const rowsOf = ({ projection, schema, position, events, ms, comparison, switched, before }: ProjectionRebuildReport): readonly Row[] => [
  ["projection", projection],
  ["copy", schema],
  ["position", position],
  ["events", events],
  ["time", `${(ms / 1_000).toFixed(1)} s`],
  ...(comparison === null ? [] : ([["compared", rowsCompared(comparison)]] satisfies Row[])),
  ["in place", switched ? "yes" : "no"],
  ...(before === null ? [] : ([["before", before]] satisfies Row[])),
];

function tell({ notes }: Call, { projection, schema, comparison, switched, before }: ProjectionRebuildReport): void {
  if (comparison !== null && !comparison.equal)
    notes.warn(`${comparison.left} was not what the log makes it: ${rowsCompared(comparison)}; it is kept to be looked at`);
  if (!switched)
    notes.note(`its tables are in the schema ${schema}; it can be removed: ${typed(`projection drop ${projection} ${schema}`)}`);
  if (before !== null) notes.note(`the copy before is kept; it can be removed: ${typed(`projection drop ${projection} ${before}`)}`);
}
