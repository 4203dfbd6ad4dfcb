import { closeSync, existsSync, fsyncSync, mkdirSync, openSync, readSync, renameSync, rmSync } from "node:fs";
import { dirname } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { ForeignStoreError, StoreInUseError } from "../errors.ts";
import { resultCode, resultCodeOf } from "./sqlite-errors.ts";

/** How a database file of ours is recognised (`PRAGMA application_id`, `PRAGMA user_version`). */
export type Mark = {
  readonly what: string;
  readonly applicationId: number;
  readonly version: number;
  /** What to do with a file of an earlier version. */
  readonly older?: string;
};

/** How it is made. */
export type Format = Mark & {
  readonly schema: string;
  readonly journal: "wal" | "delete";
  /** Writes its first rows, in the transaction that makes its tables. */
  readonly fill?: (database: DatabaseSync) => void;
};

/**
 * Makes the file if there is none, completely or not at all, and otherwise checks that it is one of ours. It reads the header by itself:
 * merely opening a stranger's database could already change it. Throws `ForeignStoreError`.
 */
export function ensureDatabaseFile(file: string, format: Format): void {
  if (existsSync(file)) return checkDatabaseFile(file, format);
  if (existsSync(`${file}-wal`)) throw new ForeignStoreError(`${file} is missing, and its ${file}-wal is there: put the missing file back`);
  mkdirSync(dirname(file), { recursive: true });
  const fresh = `${file}.new`;
  rmSync(fresh, { force: true });
  rmSync(`${fresh}-journal`, { force: true });
  closeSync(openSync(fresh, "wx", 0o600));
  const database = new DatabaseSync(fresh);
  try {
    // The mark goes into the main file, where the header is read, not into a log beside it.
    database.exec(`PRAGMA synchronous=FULL; BEGIN; ${format.schema}`);
    format.fill?.(database);
    database.exec(`PRAGMA application_id=${format.applicationId}; PRAGMA user_version=${format.version}; COMMIT`);
    database.exec(`PRAGMA journal_mode=${format.journal}`);
  } finally {
    database.close();
  }
  renameSync(fresh, file);
  syncDirectory(dirname(file));
}

/** Checks that a file is one of ours, without opening it as a database. Throws `ForeignStoreError`. */
export function checkDatabaseFile(file: string, { what, applicationId, version, older }: Mark): void {
  const header = Buffer.alloc(100);
  const descriptor = openSync(file, "r");
  const length = readSync(descriptor, header, 0, 100, 0);
  closeSync(descriptor);
  if (length < 100 || header.toString("latin1", 0, 16) !== "SQLite format 3\0" || header.readUInt32BE(68) !== applicationId) {
    throw new ForeignStoreError(`${file} is not ${what} of ours: it was left as it is; choose another folder, or restore the file`);
  }
  const found = header.readUInt32BE(60);
  if (found === version) return;
  const advice = found < version && older !== undefined ? `; ${older}` : "";
  throw new ForeignStoreError(`${file} is of format ${found}, this program reads format ${version}: it was left as it is${advice}`);
}

/** Puts the entries of a directory on the disk, so that a new file is found again after a power failure. */
export function syncDirectory(directory: string): void {
  const descriptor = openSync(directory, "r");
  try {
    fsyncSync(descriptor);
  } finally {
    closeSync(descriptor);
  }
}

/**
 * Takes a lock: an exclusive one of SQLite on an empty file, which the operating system drops with the process, however that
 * ends. Throws `StoreInUseError`.
 */
export function lockFile(file: string): { readonly release: () => void } {
  mkdirSync(dirname(file), { recursive: true });
  const database = new DatabaseSync(file, { timeout: 0 });
  try {
    database.exec("BEGIN EXCLUSIVE");
  } catch (error) {
    database.close();
    if (resultCodeOf(error) !== resultCode.busy) throw error;
    throw new StoreInUseError(`another process has ${dirname(file)} open: stop it, or choose another folder`, { directory: dirname(file) });
  }
  return { release: () => database.close() };
}
