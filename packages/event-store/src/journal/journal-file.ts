import { existsSync } from "node:fs";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { CorruptStoreError, OtherLogError, OutcomeUnknownError, type StoreError } from "../errors.ts";
import { ensureDatabaseFile, lockFile, type Format } from "../sqlite/database-file.ts";
import { asStoreError } from "../sqlite/sqlite-errors.ts";
import { hashOf, type EntryRow } from "./entry.ts";

const journalFileName = "journal.sqlite";

/** `entries` are waiting for the log; `quarantine` holds, for ever, those that the log refused. Numbers are never given twice. */
const journalFormat: Format = {
  what: "a journal",
  applicationId: 0x4174684a,
  version: 1,
  journal: "wal",
  schema: `
    CREATE TABLE meta (name TEXT PRIMARY KEY, value TEXT NOT NULL) STRICT, WITHOUT ROWID;
    INSERT INTO meta VALUES ('epoch', '0');
    CREATE TABLE entries (
      seq INTEGER PRIMARY KEY AUTOINCREMENT, epoch INTEGER NOT NULL, time TEXT NOT NULL, entry TEXT NOT NULL, sha256 BLOB NOT NULL
    ) STRICT;
    CREATE TABLE quarantine (
      seq INTEGER PRIMARY KEY, epoch INTEGER NOT NULL, time TEXT NOT NULL, entry TEXT NOT NULL, sha256 BLOB NOT NULL,
      quarantined TEXT NOT NULL, reason TEXT NOT NULL
    ) STRICT`,
};

/** An entry that the log refused: since when, and the reason as JSON. */
export type QuarantineRow = EntryRow & { readonly quarantined: string; readonly reason: string };

/** What is to be done with entries: forget those that are in the log, put the others aside. */
export type Settlement = {
  readonly done: readonly number[];
  readonly quarantined: readonly { readonly seq: number; readonly reason: string }[];
  /** ISO 8601, UTC. */
  readonly time: string;
};

export type CommandMark = { readonly position: number; readonly event: string };

/** The journal on the disk: every method is one durable transaction. */
export type JournalFile = {
  /** All that waits, in order. */
  readonly load: () => { readonly entries: readonly EntryRow[]; readonly epoch: number; readonly quarantined: number };
  /** Keeps texts of commits; where nothing was waiting, a new epoch begins. Throws when nothing was kept, or with `outcome_unknown`. */
  readonly append: (texts: readonly string[], time: string) => { readonly seqs: readonly number[]; readonly epoch: number };
  readonly settle: (settlement: Settlement) => void;
  readonly quarantined: (after: number, limit: number) => readonly QuarantineRow[];
  /** How far the log was read for its commands: position and id of the last event that was. Undefined: not at all. */
  readonly mark: () => CommandMark | undefined;
  /** Keeps ids of commands that are in the log, all of them up to the mark if one is given. */
  readonly keepRecorded: (ids: readonly string[], mark?: CommandMark) => void;
  readonly wereRecorded: (ids: readonly string[]) => readonly boolean[];
  readonly forgetRecorded: () => void;
  readonly close: () => void;
};

export type JournalFileOptions = { readonly directory: string; readonly logId: string };

/**
 * Opens the journal in a folder, or makes one for a log, and takes the lock of the folder. Throws `StoreInUseError`, `OtherLogError` for the
 * journal of another log, `ForeignStoreError`, `UnavailableError`.
 */
export function openJournalFile({ directory, logId }: JournalFileOptions): JournalFile {
  const file = join(directory, journalFileName);
  const lock = lockFile(join(directory, "lock"));
  let database: DatabaseSync | undefined;
  try {
    ensureDatabaseFile(file, journalFormat);
    database = new DatabaseSync(file, { timeout: 1000 });
    database.exec("PRAGMA synchronous=FULL");
    // Can be read from the log again, so that it is not of the format.
    database.exec("CREATE TABLE IF NOT EXISTS commands (hash BLOB PRIMARY KEY) STRICT, WITHOUT ROWID");
    checkLog(database, directory, logId);
    database.exec("INSERT OR IGNORE INTO meta SELECT 'waiting', count(*) FROM entries");
    return journalOn(database, file, lock.release);
  } catch (error) {
    database?.close();
    lock.release();
    throw asStoreError(error, `${file} cannot be opened`);
  }
}

/** A journal belongs to the first log that it was opened for. */
function checkLog(database: DatabaseSync, directory: string, logId: string): void {
  database.prepare("INSERT OR IGNORE INTO meta VALUES ('log', ?)").run(logId);
  const { value } = database.prepare("SELECT value FROM meta WHERE name = 'log'").get() as { value: string };
  if (value !== logId)
    throw new OtherLogError(
      `${directory} holds the journal of the log ${value}, not of ${logId}: open it with its own log, or choose another folder`,
    );
}

function journalOn(database: DatabaseSync, file: string, release: () => void): JournalFile {
  const sql = statements(database);
  /** A transaction whose COMMIT failed may be whole in the write-ahead log, and a crash would bring it to life. */
  let uncertain = false;

  const count = (table: "entries" | "quarantine"): number =>
    (database.prepare(`SELECT count(*) AS value FROM ${table}`).get() as { value: number }).value;
  const epochNow = (): number => Number((sql.epoch.get() as { value: string }).value);

  /** A write that succeeds takes the place of the one that failed. */
  function makeCertain(): void {
    if (database.isTransaction) database.exec("ROLLBACK");
    database.exec(`PRAGMA user_version=${journalFormat.version}`);
    uncertain = false;
  }

  function durably<T>(work: () => T): T {
    if (uncertain) makeCertain();
    database.exec("BEGIN IMMEDIATE");
    let result: T;
    try {
      result = work();
    } catch (error) {
      if (database.isTransaction) database.exec("ROLLBACK");
      throw error;
    }
    try {
      database.exec("COMMIT");
    } catch (error) {
      uncertain = true;
      throw settled(error);
    }
    return result;
  }

  function settled(error: unknown): StoreError {
    try {
      makeCertain();
    } catch (cause) {
      return new OutcomeUnknownError("writing the journal failed at its last step: ask again under the same command id", {
        cause: new AggregateError([error, cause], "COMMIT failed, and so did making certain that nothing of it stays"),
      });
    }
    return asStoreError(error, "nothing was journaled");
  }

  const using =
    <A extends readonly unknown[], R>(work: (...args: A) => R) =>
    (...args: A): R => {
      try {
        return work(...args);
      } catch (error) {
        throw asStoreError(error, `${file} cannot be used`);
      }
    };

  return {
    load: using(() => {
      const entries = sql.all.all() as EntryRow[];
      const kept = sql.waiting.get() as { value: string };
      if (Number(kept.value) !== entries.length)
        throw new CorruptStoreError(`the journal has ${entries.length} entries, and kept ${kept.value}: restore its folder from a copy`, {
          entries: entries.length,
          kept: Number(kept.value),
        });
      return { entries, epoch: epochNow(), quarantined: count("quarantine") };
    }),
    append: using((texts, time) =>
      durably(() => {
        const epoch = count("entries") === 0 ? epochNow() + 1 : epochNow();
        sql.setEpoch.run(String(epoch));
        const seqs = texts.map((text) => Number(sql.insert.run(epoch, time, text, hashOf(text)).lastInsertRowid));
        sql.addWaiting.run(texts.length);
        return { seqs, epoch };
      }),
    ),
    settle: using(({ done, quarantined, time }) =>
      durably(() => {
        for (const { seq, reason } of quarantined) sql.putAside.run(time, reason, seq);
        const settled = [...quarantined.map(({ seq }) => seq), ...done];
        const removed = settled.reduce((sum, seq) => sum + Number(sql.remove.run(seq).changes), 0);
        sql.addWaiting.run(-removed);
      }),
    ),
    quarantined: using((after, limit) => sql.quarantined.all(after, limit) as QuarantineRow[]),
    mark: using(() => {
      const row = sql.mark.get() as { value: string } | undefined;
      return row && (JSON.parse(row.value) as CommandMark);
    }),
    keepRecorded: using((ids, mark) =>
      durably(() => {
        for (const id of ids) sql.keepCommand.run(shortHashOf(id));
        if (mark) sql.setMark.run(JSON.stringify(mark));
      }),
    ),
    wereRecorded: using((ids) => ids.map((id) => sql.command.get(shortHashOf(id)) !== undefined)),
    forgetRecorded: using(() =>
      durably(() => {
        database.exec("DELETE FROM commands; DELETE FROM meta WHERE name = 'commands'");
      }),
    ),
    close: () => {
      try {
        database.close();
      } finally {
        release();
      }
    },
  };
}

const quarantinedSql =
  "SELECT seq, epoch, time, entry AS text, sha256, quarantined, reason FROM quarantine WHERE seq > ? ORDER BY seq LIMIT ?";

function statements(database: DatabaseSync) {
  return {
    all: database.prepare("SELECT seq, epoch, time, entry AS text, sha256 FROM entries ORDER BY seq"),
    epoch: database.prepare("SELECT value FROM meta WHERE name = 'epoch'"),
    setEpoch: database.prepare("UPDATE meta SET value = ? WHERE name = 'epoch'"),
    insert: database.prepare("INSERT INTO entries (epoch, time, entry, sha256) VALUES (?, ?, ?, ?)"),
    remove: database.prepare("DELETE FROM entries WHERE seq = ?"),
    putAside: database.prepare("INSERT INTO quarantine SELECT seq, epoch, time, entry, sha256, ?, ? FROM entries WHERE seq = ?"),
    quarantined: database.prepare(quarantinedSql),
    // Without it nobody would miss entries that somebody removed.
    waiting: database.prepare("SELECT value FROM meta WHERE name = 'waiting'"),
    addWaiting: database.prepare("UPDATE meta SET value = CAST(value + ? AS TEXT) WHERE name = 'waiting'"),
    mark: database.prepare("SELECT value FROM meta WHERE name = 'commands'"),
    setMark: database.prepare("INSERT OR REPLACE INTO meta VALUES ('commands', ?)"),
    command: database.prepare("SELECT 1 FROM commands WHERE hash = ?"),
    keepCommand: database.prepare("INSERT OR IGNORE INTO commands VALUES (?)"),
  };
}

/** Two ids of the same hash would only mean that a new command waits until the log is back. */
const shortHashOf = (id: string): Uint8Array => hashOf(id).subarray(0, 12);

/** What is put aside, without the lock of the folder: for whoever looks at it beside the process that has it open. Undefined: no journal. */
export function readQuarantineRows(directory: string, after: number, limit: number): readonly QuarantineRow[] | undefined {
  const file = join(directory, journalFileName);
  if (!existsSync(file)) return undefined;
  ensureDatabaseFile(file, journalFormat);
  let database: DatabaseSync | undefined;
  try {
    database = new DatabaseSync(file, { readOnly: true, timeout: 1000 });
    return database.prepare(quarantinedSql).all(after, limit) as QuarantineRow[];
  } catch (error) {
    throw asStoreError(error, `${file} cannot be read`);
  } finally {
    database?.close();
  }
}
