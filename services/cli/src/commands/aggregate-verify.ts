import { writeFile } from "node:fs/promises";
import { resolve } from "node:path";
import { txOf } from "@aethyr/event-store";
import { pathOf, type Ref } from "@aethyr/kernel";
import { checkpointsOf } from "@aethyr/process";
import { pinnedKey } from "@aethyr/process/immudb";
import { checkEvidence, collectEvidence, trustedPoint, type Checkpoint, type ProvableLog } from "@aethyr/proof";
import { refArgument } from "../arguments.ts";
import { CliError } from "../errors.ts";
import { chartNote, evidenceRows, trustNote } from "../proof/evidence-rows.ts";
import { replayEvidence } from "../proof/replay-evidence.ts";
import { withLog } from "../proof/with-log.ts";
import { verb, type Call } from "../verb.ts";
import { notFound } from "../world/not-found.ts";
import { readHistory } from "../world/read-history.ts";
import { askWorld } from "../world/with-world.ts";

type Options = { readonly out?: string; readonly checkpoints?: string };

export const aggregateVerify = verb<Options>({
  name: "verify",
  summary: "proves that the history of one aggregate is the one that was written",
  details:
    "Versions 1 to the newest without a gap, each event proven into the state of the log, and all of them legal under the aggregate's chart. What proves it can be kept as a file, which evidence check checks anywhere, without this log. That there are no later events than these is what log verify tells.",
  examples: [
    ["aggregate verify room/hall", "says whether all is well"],
    ["aggregate verify room/hall --out hall.evidence.json", "and keeps what proves it"],
    ["aggregate verify room/hall --checkpoints ./theirs.ndjson", "tied to checkpoints that somebody else holds"],
  ],
  define: (command) =>
    command
      .argument("<type/id>", "such as room/hall")
      .option("--out <file>", "write what proves it to this file")
      .option("--checkpoints <file>", "tie it to these checkpoints, instead of the newest of the world"),
  async run(call) {
    const ref = refArgument(call.args[0]);
    const { config } = call.config();
    const events = await versionsOf(call, ref);
    await withLog(call, async ({ proof }) => {
      const key = await pinnedKey(config.immudb);
      const checkpoints = await checkpointsFor(call, proof);
      call.notes.progress(`proving ${events.length} events of ${pathOf(ref)}`);
      const collected = await collectEvidence(proof, {
        aggregate: pathOf(ref),
        events,
        anchors: [...new Set(checkpoints.map(({ tx }) => tx))],
        signal: call.io.signal,
      });
      if (!collected.ok) throw refused(ref, collected);
      const checked = checkEvidence(collected.bundle, {
        ...(key !== undefined && { pinnedKey: key }),
        ...(checkpoints.length > 0 && { trusted: checkpoints.map(trustedPoint) }),
      });
      if (!checked.ok) throw refused(ref, checked);
      const replayed = await replayEvidence(checked, config.modules);
      call.notes.clear();
      const file = call.options.out === undefined ? undefined : resolve(call.io.pathsFrom, call.options.out);
      if (file !== undefined) await writeFile(file, `${JSON.stringify(collected.bundle)}\n`, { mode: 0o600 });
      const summary = {
        verified: true,
        aggregate: pathOf(ref),
        versions: events.length,
        states: replayed.states ?? null,
        trust: checked.trust,
      };
      await call.print.one(
        { ...summary, ...(file === undefined ? { evidence: collected.bundle } : { file }) },
        evidenceRows(checked, replayed),
      );
      chartNote(call.notes, replayed);
      if (call.print.format !== "table") return;
      trustNote(call.notes, checked, "there is no checkpoint yet, and no key is pinned");
      if (file !== undefined) call.notes.note(`what proves it is in ${file}`);
    });
  },
});

/** Which transaction each version was written in, as the world tells it; whether that is so, the proofs tell. */
async function versionsOf(call: Call, ref: Ref): Promise<readonly { readonly version: number; readonly tx: number }[]> {
  return askWorld(call, async (world) => {
    const events = await readHistory(world.operations, ref, {});
    if (events.length === 0) throw await notFound(call, world, ref);
    return events.map(({ version, position }) => ({ version, tx: txOf(position) }));
  });
}

/** Those that somebody named, or the newest of the world. Nothing here has made one: it would only agree with itself. */
async function checkpointsFor(call: Call<Options>, proof: ProvableLog): Promise<readonly Checkpoint[]> {
  const { checkpoints: named } = call.options;
  const log = await proof.state();
  const file = named === undefined ? undefined : resolve(call.io.pathsFrom, named);
  const { checkpoints } = await checkpointsOf(call.config().config, log, file);
  return named === undefined ? checkpoints.slice(-1) : checkpoints;
}

function refused(
  ref: Ref,
  { rule, message, event }: { readonly rule: string; readonly message: string; readonly event?: number },
): CliError {
  const which = event === undefined ? "" : `, version ${event}`;
  return new CliError("evidence_refused", `the history of ${pathOf(ref)} cannot be proven${which}: ${message}`, {
    aggregate: pathOf(ref),
    rule,
  });
}
