import type { ChangeProgress } from "@aethyr/cluster";
import { CliError } from "../errors.ts";
import type { Call } from "../verb.ts";

const doing: Readonly<Record<ChangeProgress["phase"], string>> = {
  fences: "shutting out former owners, partitions",
  commands: "carrying over, commands",
  keys: "copying, keys",
  letters: "copying, dead letters",
};

/** What a change of a stopped world is given, so that a person sees it and can end it. */
export type Shown = { readonly signal: AbortSignal; readonly onProgress: (progress: ChangeProgress) => void };

/** Runs a change of a stopped world and shows how far it is. One that is interrupted rejects with `change_incomplete`. */
export async function showChange<T>({ io, notes }: Call, line: string, change: (shown: Shown) => Promise<T>): Promise<T> {
  try {
    return await change({ signal: io.signal, onProgress: ({ phase, done }) => notes.progress(`${doing[phase]}: ${done}`) });
  } catch (error) {
    if (!io.signal.aborted || error !== io.signal.reason) throw error;
    throw new CliError(
      "change_incomplete",
      `it was interrupted: run "${line}" again to go on; until then no process of the world starts`,
      {},
      { cause: error },
    );
  } finally {
    notes.clear();
  }
}
