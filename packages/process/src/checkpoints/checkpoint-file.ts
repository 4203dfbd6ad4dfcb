import { open, readFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import {
  encodeCheckpoint,
  isBegunLineOf,
  parseCheckpoints,
  type Checkpoint,
  type CheckpointSink,
  type ParsedCheckpoints,
} from "@aethyr/proof";
import type { Config } from "../config/schema.ts";
import { layout } from "../data-folder/layout.ts";
import { syncFolder } from "../data-folder/once-file.ts";
import { unusable } from "../data-folder/text-file.ts";
import { CheckpointFileError } from "../errors.ts";

/** Where the checkpoints of a world go. */
export const checkpointFile = ({ data, checkpoints }: Pick<Config, "data" | "checkpoints">): string =>
  checkpoints.file ?? join(data, layout.checkpoints);

/**
 * Adds checkpoints to a file that only its owner can read, each on the disk before `emit` resolves. Nothing of the file is removed but a line
 * that was begun here and never finished. Rejects with `checkpoints_unreadable` for a file that holds something else, which is left as it is;
 * `data_folder_unusable`.
 */
export function createFileSink(file: string): CheckpointSink {
  return {
    async emit(checkpoint) {
      const before = endOfWhole((await read(file)) ?? "", checkpoint, file);
      try {
        const handle = await open(file, "a", 0o600);
        try {
          // A line without an end is of somebody who was interrupted: nobody was told that it is kept.
          if (before.bytes !== undefined) await handle.truncate(before.bytes);
          await handle.appendFile(`${before.lacksEnd ? "\n" : ""}${encodeCheckpoint(checkpoint)}\n`);
          await handle.sync();
        } finally {
          await handle.close();
        }
        await syncFolder(dirname(file));
      } catch (error) {
        throw unusable(file, error);
      }
    },
  };
}

/** Where the file is to be cut, if at all, before a line is added; `lacksEnd`: its last line is whole but for the line's end. */
function endOfWhole(text: string, of: Checkpoint, file: string): { readonly bytes?: number; readonly lacksEnd: boolean } {
  const { checkpoints, interrupted } = parsed(text, file);
  if (!interrupted) return { lacksEnd: text !== "" && !text.endsWith("\n") };
  const whole = text.lastIndexOf("\n") + 1;
  if (isBegunLineOf(of, text.slice(whole), checkpoints.length > 0))
    return { bytes: Buffer.byteLength(text.slice(0, whole)), lacksEnd: false };
  throw new CheckpointFileError(file, "its last line is not finished, and is not of this log: finish or remove it, or name another file");
}

export type ReadCheckpoints = Omit<ParsedCheckpoints, "ok">;

/** The checkpoints of a file; undefined if there is no file. Rejects with `checkpoints_unreadable`. */
export async function readCheckpoints(file: string): Promise<ReadCheckpoints | undefined> {
  const text = await read(file);
  return text === undefined ? undefined : parsed(text, file);
}

async function read(file: string): Promise<string | undefined> {
  try {
    return await readFile(file, "utf8");
  } catch (error) {
    if (error instanceof Error && "code" in error && error.code === "ENOENT") return undefined;
    throw new CheckpointFileError(file, error instanceof Error ? error.message : String(error), { cause: error });
  }
}

function parsed(text: string, file: string): ReadCheckpoints {
  const found = parseCheckpoints(text);
  if (!found.ok) throw new CheckpointFileError(file, found.message);
  return found;
}
