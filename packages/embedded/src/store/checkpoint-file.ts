import { open, readFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { encodeCheckpoint, parseCheckpoints, type Checkpoint, type CheckpointSink } from "@aethyr/proof";
import type { Config } from "../config/schema.ts";
import { layout, textOf, unusable } from "../data-folder.ts";
import { CheckpointFileError } from "../errors.ts";
import { syncFolder } from "../once-file.ts";

/** Where the checkpoints of a world go. */
export const checkpointFile = ({ data, checkpoints }: Pick<Config, "data" | "checkpoints">): string =>
  checkpoints.file ?? join(data, layout.checkpoints);

/** Adds checkpoints to a file that only its owner can read, each on the disk before `emit` resolves. Rejects with `data_folder_unusable`. */
export function createFileSink(file: string): CheckpointSink {
  return {
    async emit(checkpoint) {
      try {
        const before = await unfinished(file);
        const handle = await open(file, "a", 0o600);
        try {
          // A line without an end is of somebody who was interrupted: nobody was told that it is kept.
          if (before !== undefined) await handle.truncate(before);
          await handle.appendFile(`${encodeCheckpoint(checkpoint)}\n`);
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

/** Where the whole lines of a file end, if something follows them. */
async function unfinished(file: string): Promise<number | undefined> {
  const text = (await textOf(file)) ?? "";
  return text === "" || text.endsWith("\n") ? undefined : Buffer.byteLength(text.slice(0, text.lastIndexOf("\n") + 1));
}

/** The checkpoints of a file; none if there is no file. Rejects with `checkpoints_unreadable`. */
export async function readCheckpoints(file: string): Promise<readonly Checkpoint[]> {
  let text: string;
  try {
    text = await readFile(file, "utf8");
  } catch (error) {
    if (error instanceof Error && "code" in error && error.code === "ENOENT") return [];
    throw new CheckpointFileError(file, error instanceof Error ? error.message : String(error), { cause: error });
  }
  const parsed = parseCheckpoints(text);
  if (!parsed.ok) throw new CheckpointFileError(file, parsed.message);
  return parsed.checkpoints;
}
