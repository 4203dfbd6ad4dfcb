import type { DatabaseSync } from "node:sqlite";
import { ForeignStoreError } from "../errors.ts";

/** The log in the folder is not the one that was asked for. */
export class OtherLogError extends ForeignStoreError {}

/** Part of the schema of a log: every log has an id of its own, by which what lies beside it knows that it is the same one. */
export const logIdSchema = `
    CREATE TABLE IF NOT EXISTS meta (name TEXT PRIMARY KEY, value TEXT NOT NULL) STRICT, WITHOUT ROWID;
    INSERT OR IGNORE INTO meta VALUES ('log', lower(hex(randomblob(16))))`;

/** The id of a log; undefined for a log that was made before logs had one. */
export function readLogId(database: DatabaseSync): string | undefined {
  const table = database.prepare("SELECT 1 FROM sqlite_schema WHERE type = 'table' AND name = 'meta'").get();
  if (table === undefined) return undefined;
  const row = database.prepare("SELECT value FROM meta WHERE name = 'log'").get() as { value: string } | undefined;
  return row?.value;
}

/** Gives a log an id if it has none. */
export function ensureLogId(database: DatabaseSync): string {
  const id = readLogId(database);
  if (id !== undefined) return id;
  database.exec(`BEGIN IMMEDIATE; ${logIdSchema}; COMMIT`);
  return readLogId(database) ?? "";
}
