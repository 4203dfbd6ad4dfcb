import { refOf, type Json } from "@aethyr/kernel";
import type { ProvableLog } from "@aethyr/proof";
import { createCounters, mostFrequentFirst } from "../counters.ts";
import { decodeEvent, decodeSnapshot } from "../encoding.ts";
import { ClosedError, CommandAlreadyRecordedError, InvalidRequestError, OtherLogError, OutcomeUnknownError } from "../errors.ts";
import { refusalError } from "../evaluate.ts";
import type { Commit, CommitResult, EventStore, StoredEvent } from "../event-store.ts";
import { refuseFences } from "../fences.ts";
import { checkCommandId, checkStream, countEvents, isVersion, prepareAppend, prepareSnapshot, type PreparedCommit } from "../prepare.ts";
import { checkLimit, checkPage, checkPosition, pageOf } from "../read-options.ts";
import { createGroupCommit } from "./group-commit.ts";
import { LinkLostError, localLink, openWorkerLink, type Link, type Warn } from "./link.ts";
import { createProvableLog } from "./provable-log.ts";
import { openReader, type Reader, type StoredRow } from "./reader.ts";
import { openLogOnThread } from "./sqlite-log.ts";
import { openWriter, type CommitAnswer, type Writer } from "./writer.ts";

export type SqliteEventStoreOptions = {
  /** Folder of the store, made if needed; one process at a time. */
  readonly directory: string;
  /** Id that the log must have, for whoever remembers it. Default: any. */
  readonly logId?: string;
  /** Called with what was put right by itself, such as snapshots that could not be read. Default: a warning of the process. */
  readonly onWarning?: (message: string) => void;
  /** The log refuses to grow past this many bytes (`unavailable`). Default: as large as the disk. */
  readonly maxLogBytes?: number;
  /** Streams whose version is remembered between commits. Default 100,000, about 20 MB when full. */
  readonly cachedHeads?: number;
  /** Snapshots kept per stream, the newest. Default 32. */
  readonly snapshotsPerStream?: number;
};

/** A store that knows which log it has, and can be held to it. */
export type SqliteEventStore = EventStore & {
  /** Names the log for ever: no other one has this id. */
  readonly logId: string;
  /** The log as verifiers want it; its database is the log's id. */
  readonly proof: ProvableLog;
  /** What is wrong with the log that no hash tells, see `SqliteLog`. Reads all of it, on a thread of its own. */
  readonly faults: () => Promise<readonly string[]>;
};

/** Where the engines run: each on a thread of its own, or all on the caller's (for tests: it stops the event loop). */
export type Threads = "own" | "caller";

/**
 * Opens the log in a folder, or makes one, on SQLite (WAL, every transaction fsynced), off the event loop. Concurrent appends share
 * transactions. Rejects with `store_in_use`, `foreign_store` (`OtherLogError` for a log of another id than the one asked for) or `unavailable`.
 */
export const openSqliteEventStore = (options: SqliteEventStoreOptions): Promise<SqliteEventStore> => openOnThreads(options, "own");

export async function openOnThreads(options: SqliteEventStoreOptions, threads: Threads): Promise<SqliteEventStore> {
  const {
    directory,
    onWarning: warn = (message) => process.emitWarning(message),
    maxLogBytes = null,
    cachedHeads = 100_000,
    snapshotsPerStream = 32,
  } = options;
  const own = threads === "own";
  const writing = { directory, cachedHeads, maxLogBytes };
  const reading = { directory, snapshotsPerStream };
  const writer = own
    ? await openWorkerLink<Writer>(new URL("./writer-worker.ts", import.meta.url), writing, warn)
    : localLink(openWriter(writing));
  try {
    const logId = await writer.call("logId");
    if (options.logId !== undefined && options.logId !== logId)
      throw new OtherLogError(`${directory} holds the log ${logId}, not ${options.logId}: put the right one back`);
    const reader = own
      ? await openWorkerLink<Reader>(new URL("./reader-worker.ts", import.meta.url), reading, warn)
      : localLink(openReader(reading, warn));
    const store = createStore(writer, reader, warn);
    const faults = async (): Promise<readonly string[]> => {
      // Rejects with `closed`, as every call does then.
      await store.proof.state();
      const log = await openLogOnThread({ directory }, threads);
      try {
        return await log.faults();
      } finally {
        await log.close();
      }
    };
    return { ...store, logId, faults };
  } catch (error) {
    await writer.close();
    throw error;
  }
}

/** The store on its two links. */
export function createStore(writer: Link<Writer>, reader: Link<Reader>, warn: Warn): EventStore & Pick<SqliteEventStore, "proof"> {
  const counters = createCounters();
  const { storing, loading } = counters;
  const groups = createGroupCommit((group) => writer.call("commit", group));
  let closing: Promise<void> | undefined;

  const open = (): void => {
    if (closing) throw new ClosedError();
  };

  async function written(commits: readonly PreparedCommit[]): Promise<readonly CommitAnswer[]> {
    try {
      return await groups.append(commits);
    } catch (error) {
      if (error instanceof LinkLostError)
        throw new OutcomeUnknownError(`${error.message}, and ask again under the same command id`, { cause: error });
      throw error;
    }
  }

  function loaded(rows: readonly StoredRow[]): readonly StoredEvent[] {
    counters.add("events_loaded", rows.length);
    return rows.map((row) => decodeEvent(row.event, row.position, { stream: row.path, version: row.version }));
  }

  async function shutDown(): Promise<void> {
    await groups.idle();
    try {
      await reader.close();
    } finally {
      await writer.close();
    }
  }

  return {
    append: (commits) =>
      storing(async () => {
        open();
        const prepared = prepareAppend(commits);
        refuseFences(prepared, "a log in files");
        if (prepared.length === 0) return [];
        const answers = await written(prepared);
        const results = answers.map((answer, index) => resultOf(answer, commits[index]));
        counters.add("events_stored", countEvents(commits.filter((_, index) => results[index]?.ok)));
        return results;
      }),

    readStream: (stream, options) =>
      loading(async () => {
        open();
        const page = pageOf(stream, options);
        return checkPage(page, loaded(await reader.call("readStream", page)));
      }),

    readAll: (after, limit) =>
      loading(async () => {
        open();
        return loaded(await reader.call("readAll", checkPosition(after), checkLimit(limit)));
      }),

    head: () =>
      loading(async () => {
        open();
        return reader.call("head");
      }),

    heads: (streams) =>
      loading(async () => {
        open();
        return reader.call("heads", streams.map(checkStream));
      }),

    listStreams: ({ type, after = "", limit } = {}) =>
      loading(async () => {
        open();
        // "0" follows "/" and "~" follows everything that a path may hold.
        const [low, high] = type === undefined ? ["", "~"] : [`${type}/`, `${type}0`];
        const paths = await reader.call("listStreams", after > low ? after : low, high, checkLimit(limit));
        return paths.map(refOf);
      }),

    outcomes: (ids) =>
      loading(async () => {
        open();
        const rows = await reader.call("outcomes", ids.map(checkCommandId));
        return rows.map((row) => row && { outcome: JSON.parse(row.outcome) as Json, position: row.position });
      }),

    loadSnapshot: (stream, atOrBefore = Number.MAX_SAFE_INTEGER) =>
      loading(async () => {
        open();
        const path = checkStream(stream);
        if (!isVersion(atOrBefore)) throw new InvalidRequestError(`${path} has no version ${atOrBefore}`, { stream: path });
        const row = await reader.call("loadSnapshot", path, atOrBefore);
        if (row === undefined) return undefined;
        if ("discarded" in row) {
          counters.add("load_failures", 1);
          warn(row.discarded);
          return undefined;
        }
        try {
          const snapshot = decodeSnapshot(row.snapshot, { stream: path, version: row.version });
          counters.add("snapshots_loaded", 1);
          return snapshot;
        } catch (error) {
          // A cache: the state is rebuilt from the events, and the next snapshot replaces this one.
          counters.add("load_failures", 1);
          warn(error instanceof Error ? error.message : String(error));
          return undefined;
        }
      }),

    saveSnapshot: (snapshot) =>
      storing(async () => {
        open();
        const { path, text } = prepareSnapshot(snapshot);
        await reader.call("saveSnapshot", path, snapshot.version, text);
        counters.add("snapshots_stored", 1);
      }),

    statistics: () =>
      loading(async () => {
        open();
        const { aggregateTypes, eventTypes, snapshotCount } = await reader.call("counts");
        return {
          ...counters.read(),
          event_count: total(eventTypes),
          aggregate_count: total(aggregateTypes),
          snapshot_count: snapshotCount,
          aggregate_types: mostFrequentFirst(aggregateTypes),
          event_types: mostFrequentFirst(eventTypes),
        };
      }),

    proof: createProvableLog(reader, open),

    close: () => (closing ??= shutDown()),
  };
}

function resultOf(answer: CommitAnswer, commit: Commit | undefined): CommitResult {
  if ("refused" in answer) return { ok: false, error: refusalError(answer.refused) };
  if ("recorded" in answer) {
    const { outcome, position } = answer.recorded;
    return { ok: false, error: new CommandAlreadyRecordedError(commit?.command?.id ?? "", JSON.parse(outcome) as Json, position) };
  }
  return { ok: true, position: answer.position, versions: answer.versions };
}

const total = (counts: readonly (readonly [string, number])[]): number => counts.reduce((sum, [, count]) => sum + count, 0);
