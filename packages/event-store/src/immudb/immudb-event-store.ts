import { refOf, type Ref } from "@aethyr/kernel";
import type { ProvableLog } from "@aethyr/proof";
import { z } from "zod";
import { createCounters, mostFrequentFirst } from "../counters.ts";
import { decodeEvent } from "../encoding.ts";
import { ClosedError, InvalidRequestError, type StoreError } from "../errors.ts";
import type { EventStore, StoredEvent } from "../event-store.ts";
import { checkCommandId, checkStream, countEvents, isVersion, prepareAppend, prepareSnapshot } from "../prepare.ts";
import { checkLimit, checkPosition, pageOf } from "../read-options.ts";
import { openChannel, type Channel, type ConnectionState } from "./channel.ts";
import { commitBatch } from "./commit-batch.ts";
import { createCommitQueue } from "./commit-queue.ts";
import { checkSettings } from "./database-settings.ts";
import { unavailable } from "./error-map.ts";
import { checkGenesis, checkSameLog, type Holds } from "./genesis.ts";
import { readHeads } from "./heads.ts";
import { createDatabases } from "./init.ts";
import { markerKey, markerPrefix, textOf } from "./keys.ts";
import { createLogReader } from "./log-reader.ts";
import { readOutcomes } from "./outcomes.ts";
import { checkOptions, ImmudbPlace, snapshotsDatabaseOf } from "./place.ts";
import { provableLogOf } from "./provable-log.ts";
import { openSession, type Session } from "./session.ts";
import { createSnapshots } from "./snapshots.ts";
import { readPage } from "./stream-reader.ts";
import { createTally } from "./tally.ts";

const Options = ImmudbPlace.extend({
  /** Creates the databases if they do not exist; the user must be allowed to. Default false. */
  create: z.boolean().optional(),
  /** Appends and snapshots are refused, and no call is made that needs more than the permission to read. Default false. */
  readOnly: z.boolean().optional(),
  /** How long to find out what became of an append whose answer was lost, before it is `outcome_unknown`; default 20,000. */
  resolveWithinMs: z.number().min(0).optional(),
  /** Told when the server can be reached and when it cannot; `reason` for `away`. While it is away, calls are refused within a second. */
  onConnection: z.custom<(state: ConnectionState, reason?: string) => void>((value) => typeof value === "function").optional(),
});
export type ImmudbOptions = Readonly<z.infer<typeof Options>>;

/** `logId` names the log for ever: no other one has it. `proof` is the same log with what proves it; it needs no more than the permission to read. */
export type ImmudbEventStore = EventStore & { readonly logId: string; readonly proof: ProvableLog };

/**
 * Opens a log in immudb. Any number of processes may have the same log open. Rejects with `invalid_request` for options that make no sense,
 * `unavailable`, or `foreign_store` for a database that holds something else.
 */
export async function openImmudbEventStore(options: ImmudbOptions): Promise<ImmudbEventStore> {
  const place = checkOptions(Options, options);
  const { database, tls, readOnly = false, onConnection } = place;
  // Known once the log is open; every session after that must be in it.
  const known: { logId?: string } = {};
  const channel = openChannel(place.address, {
    tls,
    onConnection: (state, reason) => {
      const refused = refusal();
      if (refused) queue.refuseWaiting(refused);
      onConnection?.(state, reason);
    },
  });
  const session = (name: string, holds: Holds): Session =>
    openSession(channel, place, name, {
      readOnly,
      admit: async (reader) => {
        if (known.logId !== undefined) await checkSameLog(reader, name, holds, known.logId);
      },
    });
  const log = session(database, "events");
  const snapshotLog = session(snapshotsDatabaseOf(place), "snapshots");
  const refusal = (): StoreError | undefined => {
    const away = channel.away();
    return away && unavailable(away, "append: nothing was appended");
  };
  const queue = createCommitQueue((commits) => commitBatch(log, commits, place), { refusal });
  const release = async (): Promise<void> => {
    await Promise.all([log.close(), snapshotLog.close()]);
    channel.close();
  };
  const logId = await opened(channel, place, log, snapshotLog).catch(async (error: unknown) => {
    await release();
    throw unavailable(error, `open the log ${database}`);
  });
  known.logId = logId;

  const counters = createCounters();
  const reader = createLogReader(log);
  const proof = provableLogOf(log, database);
  const snapshots = createSnapshots(snapshotLog, { readOnly });
  const tally = createTally({ reader, log, snapshots: snapshotLog, readOnly });
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
  const store = <T>(doing: string, work: () => Promise<T>): Promise<T> =>
    readOnly
      ? Promise.reject(new InvalidRequestError(`the log ${database} was opened for reading only: it cannot ${doing}`))
      : whileOpen(doing, () => counters.storing(work));
  const load = <T>(doing: string, work: () => Promise<T>): Promise<T> => whileOpen(doing, () => counters.loading(work));
  const loaded = (events: readonly StoredEvent[]): readonly StoredEvent[] => {
    counters.add("events_loaded", events.length);
    return events;
  };

  return {
    logId,
    proof: {
      state: () => whileOpen("tell its state", () => proof.state()),
      transactions: (from, limit) => whileOpen("give transactions", () => proof.transactions(from, limit)),
      prove: (tx, trustedTx) => whileOpen("prove a transaction", () => proof.prove(tx, trustedTx)),
      consistency: (fromTx, toTx) => whileOpen("prove its history", () => proof.consistency(fromTx, toTx)),
    },

    append: (commits) =>
      store("append", async () => {
        const results = await queue.append(prepareAppend(commits));
        counters.add("events_stored", countEvents(commits.filter((_, index) => results[index]?.ok)));
        return results;
      }),

    readStream: (stream, page) => load("read a stream", async () => loaded(await readPage(log, pageOf(stream, page)))),

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

/** Creates what is missing, where that is asked for, and makes sure that the databases are the two of one log of ours; its id. */
async function opened(channel: Channel, place: ImmudbOptions, log: Session, snapshotLog: Session): Promise<string> {
  if (place.create === true) await createDatabases(channel, place);
  const snapshots = snapshotsDatabaseOf(place);
  const { log: logId } = await checkGenesis(log, place.database, "events");
  await checkSettings(log, place.database);
  await checkSameLog(snapshotLog, snapshots, "snapshots", logId);
  await checkSettings(snapshotLog, snapshots);
  return logId;
}
