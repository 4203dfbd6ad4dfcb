import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { increment } from "../counters.ts";
import { withVersion } from "../encoding.ts";
import { CorruptStoreError, LimitExceededError, OutcomeUnknownError, type StoreError } from "../errors.ts";
import { evaluate, type Refusal } from "../evaluate.ts";
import { positionOf, positionsPerTransaction } from "../position.ts";
import { countEvents, type PreparedCommit } from "../prepare.ts";
import { ensureDatabaseFile, lockFile } from "./database-file.ts";
import { addCommandEntry, addEventEntries, metaKeyText } from "./entries.ts";
import { createHashChain } from "./hash-chain.ts";
import { createHeadCache, type CachedHead } from "./head-cache.ts";
import { fileNames, logMark, logSchema } from "./log-format.ts";
import { newGenesis, readLogId } from "./log-id.ts";
import { asStoreError, resultCode, resultCodeOf } from "./sqlite-errors.ts";

export type WriterOptions = { readonly directory: string; readonly cachedHeads: number; readonly maxLogBytes: number | null };

/** What became of one commit of a group. */
export type CommitAnswer =
  | { readonly position: number; readonly versions: readonly number[] }
  | { readonly refused: Refusal }
  | { readonly recorded: { readonly outcome: string; readonly position: number } };

/** The one writer of a log. */
export type Writer = {
  /** Makes the commits of a group, at most 1024 events, one durable transaction. Throws when none of them took effect, or with `outcome_unknown`. */
  readonly commit: (group: readonly PreparedCommit[]) => readonly CommitAnswer[];
  /** Names the log for ever: no other one has this id. */
  readonly logId: () => string;
  readonly close: () => void;
};

/** Opens a log for writing and takes the lock of its folder. Throws `StoreInUseError`, `ForeignStoreError`, `UnavailableError`. */
export function openWriter(options: WriterOptions): Writer {
  const file = join(options.directory, fileNames.log);
  const lock = lockFile(join(options.directory, fileNames.lock));
  let database: DatabaseSync | undefined;
  try {
    ensureDatabaseFile(file, { ...logMark, schema: logSchema, journal: "wal", fill: writeGenesis });
    database = new DatabaseSync(file, { timeout: 1000 });
    return writerOn(database, options, lock.release);
  } catch (error) {
    database?.close();
    lock.release();
    throw asStoreError(error, `${file} cannot be opened`);
  }
}

/** The first transaction of a log: its first record, and no event. */
function writeGenesis(database: DatabaseSync): void {
  const [name, text] = newGenesis();
  database.prepare("INSERT INTO meta (name, value) VALUES (?, ?)").run(name, text);
  const chain = createHashChain(database);
  chain.add(metaKeyText(name), text);
  chain.seal();
}

function writerOn(database: DatabaseSync, { cachedHeads, maxLogBytes }: WriterOptions, release: () => void): Writer {
  database.exec("PRAGMA synchronous=FULL; PRAGMA cache_size=-32768; PRAGMA journal_size_limit=67108864");
  if (maxLogBytes !== null) database.exec(`PRAGMA max_page_count=${Math.max(1, Math.floor(maxLogBytes / 4096))}`);
  const logId = readLogId(database);
  const sql = statements(database);
  const heads = createHeadCache(cachedHeads);
  const chain = createHashChain(database);
  let nextStream = first(sql.lastStream.get()) + 1;

  const headOf = (path: string): CachedHead => heads.get(path) ?? heads.put(path, readHead(path));

  function readHead(path: string): CachedHead {
    const row = sql.stream.get(path) as { stream: number; ended: number } | undefined;
    if (row === undefined) return { stream: 0, version: 0, ended: false };
    return { stream: row.stream, version: first(sql.version.get(row.stream)), ended: row.ended !== 0 };
  }

  /** Everything of a group but the COMMIT. Commits are evaluated in order, each on what the ones before it have written. */
  function write(group: readonly PreparedCommit[]): { readonly answers: readonly CommitAnswer[]; readonly events: number } {
    const tx = chain.nextTx();
    const newTypes = new Map<string, number>();
    const newAggregates = new Map<string, number>();
    let count = 0;

    const writeOne = (commit: PreparedCommit): CommitAnswer => {
      const { command, writes } = commit;
      const refused = evaluate(commit, headOf);
      // A command that took effect is answered as such, whatever has become of its streams since.
      const recorded = refused && command && outcomeOf(command.id);
      if (recorded) return { recorded };
      if (refused) return { refused };
      const events = countEvents([commit]);
      if (count + events > positionsPerTransaction)
        throw new LimitExceededError("events of one transaction", positionsPerTransaction, count + events);
      const position = positionOf(tx, count + events - 1);
      if (command && sql.insertCommand.run(command.id, position, command.outcome).changes === 0)
        return { recorded: found(outcomeOf(command.id), command.id) };
      const versions = writes.map((write) => {
        const head = headOf(write.path);
        if (head.stream === 0) {
          head.stream = nextStream;
          nextStream += 1;
          sql.insertStream.run(head.stream, write.path);
          increment(newAggregates, write.path.slice(0, write.path.indexOf("/")));
        }
        const last = head.version + write.events.length;
        const ended = write.ends ? last : 0;
        write.events.forEach((text, index) => {
          head.version += 1;
          const event = withVersion(text, head.version);
          sql.insertEvent.run(positionOf(tx, count), head.stream, head.version, event);
          addEventEntries({ path: write.path, version: head.version, event, ended }, chain.add);
          increment(newTypes, write.types[index] ?? "");
          count += 1;
        });
        head.by = command?.id;
        if (write.ends) {
          head.ended = true;
          sql.endStream.run(ended, head.stream);
        }
        return head.version;
      });
      if (command) addCommandEntry({ position, ...command }, chain.add);
      return { position, versions };
    };

    const answers = group.map(writeOne);
    if (count === 0) return { answers, events: 0 };
    for (const [type, by] of newTypes) sql.addToEventTypes.run(type, by);
    for (const [type, by] of newAggregates) sql.addToAggregateTypes.run(type, by);
    chain.seal();
    return { answers, events: count };
  }

  const outcomeOf = (id: string) => sql.outcome.get(id) as { outcome: string; position: number } | undefined;

  function rollBack(): void {
    heads.clear();
    chain.forget();
    // Some errors of SQLite have rolled back already.
    if (database.isTransaction) database.exec("ROLLBACK");
  }

  function attempt(group: readonly PreparedCommit[]): readonly CommitAnswer[] {
    // A transaction that failed and could not be rolled back then.
    if (database.isTransaction) rollBack();
    sql.begin.run();
    let written;
    try {
      written = write(group);
    } catch (error) {
      rollBack();
      throw error;
    }
    if (written.events === 0) {
      database.exec("ROLLBACK");
      return written.answers;
    }
    try {
      sql.commit.run();
    } catch (error) {
      throw settle(error);
    }
    chain.sealed();
    return written.answers;
  }

  /**
   * After a COMMIT that failed. A full disk failed before the last page was written: nothing happened. After any other error the transaction
   * may be whole in the write-ahead log, and a crash now would bring it to life. A write that succeeds takes its place there. As long as the
   * transaction is not rolled back, nothing is certain.
   */
  function settle(error: unknown): StoreError {
    try {
      rollBack();
      if (resultCodeOf(error) !== resultCode.full) database.exec(`PRAGMA user_version=${logMark.version}`);
    } catch (cause) {
      return new OutcomeUnknownError("writing the event log failed at its last step: ask again under the same command id", {
        cause: new AggregateError([error, cause], "COMMIT failed, and so did making certain that nothing of it stays"),
      });
    }
    return asStoreError(error, "nothing was appended");
  }

  return {
    commit: (group) => {
      try {
        return attempt(group);
      } catch (error) {
        // Somebody else wrote to the file, and what is remembered of it is wrong: the database itself keeps versions unique.
        if (resultCodeOf(error) !== resultCode.constraint) throw asStoreError(error, "nothing was appended");
      }
      chain.forget();
      nextStream = first(sql.lastStream.get()) + 1;
      try {
        return attempt(group);
      } catch (error) {
        throw asStoreError(error, "nothing was appended");
      }
    },
    logId: () => logId,
    close: () => {
      try {
        database.close();
      } finally {
        release();
      }
    },
  };
}

function statements(database: DatabaseSync) {
  return {
    begin: database.prepare("BEGIN IMMEDIATE"),
    commit: database.prepare("COMMIT"),
    lastStream: database.prepare("SELECT coalesce(max(stream), 0) AS value FROM streams"),
    stream: database.prepare("SELECT stream, ended FROM streams WHERE path = ?"),
    version: database.prepare("SELECT coalesce(max(version), 0) AS value FROM events WHERE stream = ?"),
    outcome: database.prepare("SELECT outcome, position FROM commands WHERE id = ?"),
    insertStream: database.prepare("INSERT INTO streams (stream, path) VALUES (?, ?)"),
    endStream: database.prepare("UPDATE streams SET ended = ? WHERE stream = ?"),
    insertEvent: database.prepare("INSERT INTO events (position, stream, version, event) VALUES (?, ?, ?, ?)"),
    insertCommand: database.prepare("INSERT INTO commands (id, position, outcome) VALUES (?, ?, ?) ON CONFLICT (id) DO NOTHING"),
    addToEventTypes: database.prepare(
      "INSERT INTO event_types (type, count) VALUES (?, ?) ON CONFLICT DO UPDATE SET count = count + excluded.count",
    ),
    addToAggregateTypes: database.prepare(
      "INSERT INTO aggregate_types (type, count) VALUES (?, ?) ON CONFLICT DO UPDATE SET count = count + excluded.count",
    ),
  };
}

const first = (row: Record<string, unknown> | undefined): number => Number(row?.["value"] ?? 0);

function found<T>(value: T | undefined, id: string): T {
  if (value === undefined) throw new CorruptStoreError(`the recorded outcome of command ${id} is there and cannot be found`);
  return value;
}
