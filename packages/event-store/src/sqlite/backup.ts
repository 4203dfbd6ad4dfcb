import { join } from "node:path";
import { verifyLog, type LogProgress, type LogState } from "@aethyr/proof";
import { CorruptStoreError } from "../errors.ts";
import { copyLog, type CopyOptions } from "./copy-log.ts";
import { lockFile } from "./database-file.ts";
import { fileNames } from "./log-format.ts";
import { openSqliteLog } from "./sqlite-log.ts";

// Only the log is backed up. Snapshots are a cache. The keys of sealed values are secrets, and a copy of them outlives `forget`: whoever copies
// them keeps that copy short, and apart.

export type BackupOptions = CopyOptions & {
  /** While the copy is verified. */
  readonly onVerified?: (progress: LogProgress) => void;
};

/** A log that was copied, and verified as a copy. Its state is worth keeping as a checkpoint. */
export type CopiedLog = { readonly logId: string; readonly state: LogState };

/**
 * Copies the log of a store, as it is at this moment, into one new file, and verifies the copy. A world may go on with the log meanwhile. Rejects
 * with `foreign_store` for a folder without a log of ours, or a file that is there already; `corrupt_store` for a log that cannot be verified;
 * `unavailable`; or the signal's reason. Then there is no file.
 */
export async function backupSqliteStore(directory: string, file: string, options: BackupOptions = {}): Promise<CopiedLog> {
  return copyLog({ file: join(directory, fileNames.log) }, file, options, (copy) => verifyCopy(copy, options));
}

/**
 * Puts a back-up into a folder that has no log, and verifies it there before it has its name. Rejects with `foreign_store` for a folder
 * that has one, or a file that is no back-up; `store_in_use`, `corrupt_store`, `unavailable`, or the signal's reason. Then the folder has no log.
 */
export async function restoreSqliteStore(backup: string, directory: string, options: BackupOptions = {}): Promise<CopiedLog> {
  const lock = lockFile(join(directory, fileNames.lock));
  try {
    const log = join(directory, fileNames.log);
    return await copyLog({ file: backup, backup: true }, log, options, (copy) => verifyCopy(copy, options));
  } finally {
    lock.release();
  }
}

async function verifyCopy(file: string, { onVerified: onProgress, signal }: BackupOptions): Promise<CopiedLog> {
  const log = await openSqliteLog({ backup: file });
  try {
    const verdict = await verifyLog(log.proof, { ...(onProgress && { onProgress }), ...(signal && { signal }) });
    if (!verdict.ok) throw new CorruptStoreError(`the log cannot be verified: ${verdict.message}`);
    const [fault] = await log.faults();
    if (fault !== undefined) throw new CorruptStoreError(`the log cannot be verified: ${fault}`);
    return { logId: log.logId, state: verdict.state };
  } finally {
    await log.close();
  }
}
