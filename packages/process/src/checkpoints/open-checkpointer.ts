import { createCheckpointer, isSameLog, type Checkpoint, type Checkpointer, type LogName, type ProvableLog } from "@aethyr/proof";
import type { Config } from "../config/schema.ts";
import { CheckpointFileError } from "../errors.ts";
import { pinnedKey } from "../immudb/immudb-place.ts";
import { checkpointFile, createFileSink, readCheckpoints } from "./checkpoint-file.ts";

export type CheckpointsOfLog = {
  /** Of this log, in the file's order. */
  readonly checkpoints: readonly Checkpoint[];
  /** How many are of other logs. */
  readonly others: number;
  /** The last line of the file was begun and not finished. */
  readonly interrupted: boolean;
};

/**
 * The checkpoints of one log in the world's file, in which there may be none; or in a named one. Rejects with `checkpoints_unreadable`, also for
 * a named file in which there is none of this log: whoever names one wants it compared.
 */
export async function checkpointsOf(config: Pick<Config, "data" | "checkpoints">, log: LogName, named?: string): Promise<CheckpointsOfLog> {
  const file = named ?? checkpointFile(config);
  const found = await readCheckpoints(file);
  if (found === undefined && named !== undefined) throw new CheckpointFileError(file, "there is no such file");
  const { checkpoints: all, interrupted } = found ?? { checkpoints: [], interrupted: false };
  const checkpoints = all.filter((checkpoint) => isSameLog(checkpoint, log));
  if (named !== undefined && checkpoints.length === 0) {
    const instead =
      all.length === 0 ? (interrupted ? "its only line is not finished" : "it is empty") : `all ${all.length} are of other logs`;
    throw new CheckpointFileError(file, `there is none of this log in it, ${instead}`);
  }
  return { checkpoints, others: all.length - checkpoints.length, interrupted };
}

/**
 * Goes on from the newest checkpoint of a log in the world's file, and adds to it, as `createCheckpointer` does. Rejects with
 * `checkpoints_unreadable`, `immudb_settings` or the errors of the log.
 */
export async function openCheckpointer(
  config: Pick<Config, "data" | "checkpoints" | "immudb">,
  proof: ProvableLog,
  everyTxs: number,
): Promise<Checkpointer> {
  const last = (await checkpointsOf(config, await proof.state())).checkpoints.at(-1);
  const key = await pinnedKey(config.immudb);
  return createCheckpointer(proof, createFileSink(checkpointFile(config)), everyTxs, {
    ...(last !== undefined && { last }),
    ...(key !== undefined && { pinnedKey: key }),
  });
}
