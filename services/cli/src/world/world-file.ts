import { open, rm } from "node:fs/promises";
import { exportWorld, leftOutText, rehearse, worldFileLines, type ExportedState, type LeftOut, type WorldExport } from "@aethyr/import";
import { loadDomain } from "@aethyr/process";
import { CliError } from "../errors.ts";
import type { Call } from "../verb.ts";
import { withWorld } from "./with-world.ts";

/** Every aggregate of the world, as they are at one moment. */
export const readStates = async (call: Call): Promise<readonly ExportedState[]> =>
  withWorld(call, async ({ operations }) => {
    const all: ExportedState[] = [];
    for await (const { ref, states: active, context } of operations.allAggregates({ signal: call.io.signal })) {
      all.push({ ref, states: active, context });
      call.notes.progress(`${all.length} aggregates`);
    }
    return all;
  });

/** The commands that make these aggregates, tried on a world in memory. */
export async function rehearsedExport({ config, notes }: Call, states: readonly ExportedState[]): Promise<WorldExport> {
  const domain = await loadDomain(config().config.modules);
  notes.progress(`rehearsing the import of ${states.length} aggregates`);
  return rehearse(exportWorld(states, domain), states, domain);
}

/** Players come without their passwords. */
export const playersIn = ({ commands }: WorldExport): number => commands.filter(({ type }) => type === "CreatePlayer").length;

/** Writes a file that is not there yet; only its owner can read it. Nothing stays of one that could not be written. */
export async function writeExport(file: string, { commands }: WorldExport): Promise<void> {
  const handle = await open(file, "wx", 0o600);
  try {
    let text = "";
    for (const line of worldFileLines(commands)) {
      text += line;
      if (text.length < 1_000_000) continue;
      await handle.write(text);
      text = "";
    }
    await handle.write(text);
    await handle.sync();
    await handle.close();
  } catch (error) {
    await handle.close().catch(() => undefined);
    await rm(file, { force: true });
    throw error;
  }
}

const shown = 20;

/** Why nothing was written. */
export function incompleteExport(leftOut: readonly LeftOut[]): CliError {
  const things = leftOut.length === 1 ? "1 thing" : `${leftOut.length} things`;
  const more = leftOut.length > shown ? [`… and ${leftOut.length - shown} more`] : [];
  return new CliError(
    "export_incomplete",
    [
      `${things} of this world cannot be exported: leave them out with --lenient, or copy all of it with store backup; nothing was written`,
      ...leftOut.slice(0, shown).map(leftOutText),
      ...more,
    ].join("\n"),
  );
}

/** Says what is not in an export. */
export function warnOfLeftOut({ notes }: Pick<Call, "notes">, leftOut: readonly LeftOut[]): void {
  for (const each of leftOut.slice(0, shown)) notes.warn(leftOutText(each));
  if (leftOut.length > shown) notes.note(`… and ${leftOut.length - shown} more are left out; --output json has them all`);
}
