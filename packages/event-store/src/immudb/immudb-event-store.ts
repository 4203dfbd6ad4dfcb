import { refOf, type Ref } from "@aethyr/kernel";
import { createCounters, mostFrequentFirst } from "../counters.ts";
import { decodeEvent } from "../encoding.ts";
import { ClosedError, InvalidRequestError } from "../errors.ts";
import type { EventStore, StoredEvent } from "../event-store.ts";
import { checkCommandId, checkStream, countEvents, isVersion, prepareAppend, prepareSnapshot } from "../prepare.ts";
import { checkLimit, checkPosition, pageOf } from "../read-options.ts";
import { openChannel } from "./channel.ts";
import { commitBatch } from "./commit-batch.ts";
import { createCommitQueue } from "./commit-queue.ts";
import { checkGenesis, createImmudbDatabase, snapshotsDatabaseOf, type ImmudbPlace } from "./database.ts";
import { unavailable } from "./error-map.ts";
import { readHeads } from "./heads.ts";
import { markerKey, markerPrefix, textOf } from "./keys.ts";
import { createLogReader } from "./log-reader.ts";
import { readOutcomes } from "./outcomes.ts";
import { openSession } from "./session.ts";
import { createSnapshots } from "./snapshots.ts";
import { createTally } from "./tally.ts";

export type ImmudbOptions = ImmudbPlace & {
  /** Creates the databases if they do not exist; the user must be allowed to. Default false. */
  readonly create?: boolean;
  /** How long to find out what became of an append whose answer was lost, before it is `outcome_unknown`; default 20,000. */
  readonly resolveWithinMs?: number;
};

/**
 * Opens a log in immudb. Any number of processes may have the same log open. Rejects with `unavailable`, or `foreign_store` for a database
 * that holds something else. The log's statistics are counted at the first call of `statistics`, which reads all of it; afterwards
 * only what has come since.
 */
export async function openImmudbEventStore(options: ImmudbOptions): Promise<EventStore> {
  if (options.create === true) await createImmudbDatabase(options);
  const channel = openChannel(options.address);
  const log = openSession(channel, options, options.database);
  const snapshotLog = openSession(channel, options, snapshotsDatabaseOf(options));
  const release = async (): Promise<void> => {
    await Promise.all([log.close(), snapshotLog.close()]);
    channel.close();
  };
  try {
    await checkGenesis(log, options.database, "events");
    await checkGenesis(snapshotLog, snapshotsDatabaseOf(options), "snapshots");
  } catch (error) {
    await release();
    throw unavailable(error, `open the log ${options.database}`);
  }

  const counters = createCounters();
  const queue = createCommitQueue((commits) => commitBatch(log, commits, options));
  const reader = createLogReader(log);
  const snapshots = createSnapshots(snapshotLog);
  const tally = createTally(reader);
  const underWay = new Set<Promise<unknown>>();
  let closing: Promise<void> | undefined;

  const whileOpen = <T>(doing: string, work: () => Promise<T>): Promise<T> => {
    if (closing) return Promise.reject(new ClosedError());
    const running = work().catch((error: unknown) => {
      throw unavailable(error, doing);
    });
    underWay.add(running);
    const ended = (): void => void underWay.delete(running);
    running.then(ended, ended);
    return running;
  };
  const store = <T>(doing: string, work: () => Promise<T>): Promise<T> => whileOpen(doing, () => counters.storing(work));
  const load = <T>(doing: string, work: () => Promise<T>): Promise<T> => whileOpen(doing, () => counters.loading(work));
  const loaded = (events: readonly StoredEvent[]): readonly StoredEvent[] => {
    counters.add("events_loaded", events.length);
    return events;
  };

  return {
    append: (commits) =>
      store("append", async () => {
        const results = await queue.append(prepareAppend(commits));
        counters.add("events_stored", countEvents(commits.filter((_, index) => results[index]?.ok)));
        return results;
      }),

    readStream: (stream, page) => load("read a stream", async () => loaded(await reader.readPage(pageOf(stream, page)))),

    readAll: (after, limit) =>
      load("read the log", async () => {
        const records = await reader.readLog(checkPosition(after), checkLimit(limit));
        return loaded(records.map(({ bytes, position, stream, version }) => decodeEvent(bytes, position, { stream, version })));
      }),

    head: () => load("tell the head of the log", () => reader.head()),

    heads: (streams) =>
      load("tell where streams stand", async () => {
        const paths = streams.map(checkStream);
        const heads = await readHeads(log, paths);
        return paths.map((path) => heads.get(path) ?? { version: 0, ended: false });
      }),

    listStreams: ({ type, after = "", limit } = {}) =>
      load("list streams", async (): Promise<readonly Ref[]> => {
        const count = checkLimit(limit);
        const prefix = Buffer.from(type === undefined ? markerPrefix : `${markerPrefix}${type}/`);
        const markers = await log.scan({ prefix, ...(after === "" ? {} : { seek: markerKey(after) }), limit: count });
        return markers.map(({ key }) => refOf(textOf(key).slice(markerPrefix.length)));
      }),

    outcomes: (ids) =>
      load("tell outcomes", async () => {
        const found = await readOutcomes(log, ids.map(checkCommandId));
        return ids.map((id) => found.get(id));
      }),

    loadSnapshot: (stream, atOrBefore) =>
      load("load a snapshot", async () => {
        const path = checkStream(stream);
        if (atOrBefore !== undefined && !isVersion(atOrBefore))
          throw new InvalidRequestError(`${path} has no version ${atOrBefore}`, { stream: path });
        const snapshot = await snapshots.load(path, atOrBefore);
        if (snapshot) counters.add("snapshots_loaded", 1);
        return snapshot;
      }),

    saveSnapshot: (snapshot) =>
      store("save a snapshot", async () => {
        const { path, text } = prepareSnapshot(snapshot);
        await snapshots.save(path, snapshot.version, text);
        counters.add("snapshots_stored", 1);
      }),

    statistics: () =>
      load("count the log", async () => {
        const [{ events, streams, aggregateTypes, eventTypes }, snapshotCount] = await Promise.all([tally(), snapshots.count()]);
        return {
          ...counters.read(),
          event_count: events,
          aggregate_count: streams,
          snapshot_count: snapshotCount,
          aggregate_types: mostFrequentFirst(aggregateTypes),
          event_types: mostFrequentFirst(eventTypes),
        };
      }),

    close: () =>
      (closing ??= (async () => {
        await Promise.allSettled(underWay);
        await release();
      })()),
  };
}
