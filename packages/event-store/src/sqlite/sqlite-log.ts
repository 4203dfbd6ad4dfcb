import { join } from "node:path";
import type { ProvableLog } from "@aethyr/proof";
import { ClosedError } from "../errors.ts";
import { localLink, openWorkerLink, type Link } from "./link.ts";
import { openLogFile, type LogFile, type LogFileOptions } from "./log-file.ts";
import { fileNames } from "./log-format.ts";
import { createProvableLog } from "./provable-log.ts";

/** A log, or a back-up of one, to be verified: what the hashes are over by `verifyLog` on `proof`, and the rest by `faults`. */
export type SqliteLog = {
  readonly logId: string;
  readonly proof: ProvableLog;
  /**
   * What is wrong with the log that no hash tells, in words for an operator: damage of the file, indexes and counts that do not agree with the
   * events, rows that belong to no transaction. Empty if nothing is.
   */
  readonly faults: () => Promise<readonly string[]>;
  readonly close: () => Promise<void>;
};

/** Where a log is: the folder of a store, or the file of a back-up. */
export type SqliteLogPlace = { readonly directory: string } | { readonly backup: string };

/**
 * Opens a log to be verified, read only and off the event loop; this process or another may have its store open, and write to it. Rejects with
 * `foreign_store`, `corrupt_store` or `unavailable`.
 */
export const openSqliteLog = (place: SqliteLogPlace): Promise<SqliteLog> => openLogOnThread(place, "own");

/** On a thread of its own, or on the caller's (for tests: it stops the event loop). */
export async function openLogOnThread(place: SqliteLogPlace, thread: "own" | "caller"): Promise<SqliteLog> {
  const options: LogFileOptions = "backup" in place ? { file: place.backup, backup: true } : { file: join(place.directory, fileNames.log) };
  const link: Link<LogFile> =
    thread === "own"
      ? await openWorkerLink<LogFile>(new URL("./log-file-worker.ts", import.meta.url), options, () => undefined)
      : localLink(openLogFile(options));
  let closing: Promise<void> | undefined;
  const open = (): void => {
    if (closing) throw new ClosedError();
  };
  return {
    logId: await link.call("logId"),
    proof: createProvableLog(link, open),
    faults: async () => {
      open();
      return link.call("faults");
    },
    close: () => (closing ??= link.close()),
  };
}
