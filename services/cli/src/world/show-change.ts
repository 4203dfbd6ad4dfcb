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

/** Runs a change of a stopped world and shows how far it is. One that is interrupted rejects with `change_incomplete`, one that NATS forbids with `not_allowed`. */
export async function showChange<T>({ io, notes, config }: Call, line: string, change: (shown: Shown) => Promise<T>): Promise<T> {
  try {
    return await change({ signal: io.signal, onProgress: ({ phase, done }) => notes.progress(`${doing[phase]}: ${done}`) });
  } catch (error) {
    const subject = forbidden(error);
    if (subject !== undefined)
      throw new CliError(
        "not_allowed",
        `the user "${config().config.nats.username ?? ""}" of NATS may not do this (${subject}): see docs/operations/resizing.md for the one who may, such as "rename"`,
        { subject },
        { cause: error },
      );
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

/** The subject that NATS did not let this user have; undefined for any other error. The library's own class is not ours to import here. */
function forbidden(error: unknown): string | undefined {
  for (let each = error; each instanceof Error; each = each.cause)
    if (each.name === "PermissionViolationError" && "subject" in each) return String(each.subject);
  return undefined;
}
