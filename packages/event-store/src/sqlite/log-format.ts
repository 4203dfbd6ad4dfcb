import { positionsPerTransaction } from "../position.ts";
import type { Format } from "./database-file.ts";

/** Where the files of a log lie in its folder. */
export const fileNames = { lock: "lock", log: "events.sqlite", snapshots: "snapshots.sqlite" } as const;

/**
 * Streams have numbers, so that the index over (stream, version), which a commit touches at random places, stays small. A stream's version is
 * the largest in that index, `ended` the version at which its aggregate ended, 0 while it has not. Everything else grows at its end.
 * `history` is for people with the sqlite3 tool.
 *
 * `transactions` is the chain of hashes over all of it: what the header of each transaction says besides its id, its accumulated hash, and the
 * subtrees of the history tree that it completed (see `hash-chain.ts`). `time` is in Unix seconds. What the hashes are over is in `entries.ts`.
 */
export const logSchema = `
    CREATE TABLE meta (name TEXT PRIMARY KEY, value TEXT NOT NULL) STRICT, WITHOUT ROWID;
    CREATE TABLE transactions (
      tx INTEGER PRIMARY KEY, time INTEGER NOT NULL, entries INTEGER NOT NULL, entries_root BLOB NOT NULL, tree_root BLOB NOT NULL,
      alh BLOB NOT NULL, subtrees BLOB NOT NULL
    ) STRICT;
    CREATE TABLE streams (stream INTEGER PRIMARY KEY, path TEXT NOT NULL UNIQUE, ended INTEGER NOT NULL DEFAULT 0) STRICT;
    CREATE TABLE events (position INTEGER PRIMARY KEY, stream INTEGER NOT NULL, version INTEGER NOT NULL, event TEXT NOT NULL) STRICT;
    CREATE UNIQUE INDEX events_of_stream ON events (stream, version);
    CREATE TABLE commands (position INTEGER PRIMARY KEY, id TEXT NOT NULL UNIQUE, outcome TEXT NOT NULL) STRICT;
    CREATE TABLE event_types (type TEXT PRIMARY KEY, count INTEGER NOT NULL) STRICT, WITHOUT ROWID;
    CREATE TABLE aggregate_types (type TEXT PRIMARY KEY, count INTEGER NOT NULL) STRICT, WITHOUT ROWID;
    CREATE VIEW history AS
      SELECT position, position / ${positionsPerTransaction} AS tx, path, version, event ->> 'time' AS time, event ->> 'type' AS type, event
      FROM events JOIN streams USING (stream)`;

/** How a log is recognised. Format 1 had no hashes. */
export const logMark = {
  what: "an event log",
  applicationId: 0x41746845,
  version: 2,
  older: "it holds no hashes to verify it by; read it with the version that wrote it, or begin a new log in another folder",
} as const;

/**
 * `sha256` is of the snapshot's text. `event` is the SHA-256 of the event that brought the stream to the version, NULL if there was none: a
 * log that was restored may have gone another way since.
 */
export const snapshotFormat = (logId: string): Format => ({
  what: "a file of snapshots",
  applicationId: 0x41746853,
  version: 2,
  journal: "wal",
  schema: `
    CREATE TABLE log (id TEXT NOT NULL) STRICT;
    INSERT INTO log VALUES ('${logId.replaceAll("'", "''")}');
    CREATE TABLE snapshots (
      path TEXT NOT NULL, version INTEGER NOT NULL, snapshot TEXT NOT NULL, sha256 BLOB NOT NULL, event BLOB, PRIMARY KEY (path, version)
    ) STRICT`,
});
