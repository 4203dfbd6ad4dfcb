import { refOf, type Ref } from "@aethyr/kernel";
import type { ProvableLog } from "@aethyr/proof";
import { z } from "zod";
import { recordAnswers } from "../answers.ts";
import { createCounters, mostFrequentFirst } from "../counters.ts";
import { decodeEvent } from "../encoding.ts";
import { ClosedError, InvalidRequestError, type StoreError } from "../errors.ts";
import type { FencedEventStore, StoredEvent } from "../event-store.ts";
import { checkCommandId, checkStream, countEvents, isVersion, prepareAppend, prepareSnapshot } from "../prepare.ts";
import { checkLimit, checkPosition, pageOf } from "../read-options.ts";
import { openChannel, type Channel, type ConnectionState } from "./channel.ts";
import { commitBatch } from "./commit-batch.ts";
import { createCommitQueue } from "./commit-queue.ts";
import { createCopyMark, type CopyMark } from "./copy-mark.ts";
import { checkSettings } from "./database-settings.ts";
import { onSnapshots, unavailable } from "./error-map.ts";
import { createFences } from "./fences.ts";
import { checkGenesis, checkSameLog, type Holds } from "./genesis.ts";
import { readHeads } from "./heads.ts";
import { createHistoryGuard } from "./history-guard.ts";
import { checkIndex, sampleIndex } from "./index-check.ts";
import { createIndexGuard, type IndexGuard } from "./index-guard.ts";
import { createDatabases } from "./init.ts";
import { eventKey, markerKey, markerPrefix, textOf } from "./keys.ts";
import { createLogReader } from "./log-reader.ts";
import { decodeStartedAt, encodeEmpty } from "./messages.ts";
import { readOutcomes } from "./outcomes.ts";
import { checkOptions, ImmudbPlace, snapshotsDatabaseOf } from "./place.ts";
import { provableLogOf } from "./provable-log.ts";
import { openSession, type Session } from "./session.ts";
import type { SessionReads } from "./session-reads.ts";
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
  /** Told when the server can be used and when it cannot; `reason` for `away`. While it is away, calls are refused within a second. */
  onConnection: z.custom<(state: ConnectionState, reason?: string) => void>((value) => typeof value === "function").optional(),
  /** Told what is got over without it, such as snapshots that are not of this history. Default: a warning of the process. */
  onWarning: z.custom<(message: string) => void>((value) => typeof value === "function").optional(),
});
export type ImmudbOptions = Readonly<z.infer<typeof Options>>;

/** `logId` names the log for ever: no other one has it. `proof` is the same log with what proves it; it needs no more than the permission to read. */
export type ImmudbEventStore = FencedEventStore & { readonly logId: string; readonly proof: ProvableLog; readonly copyMark: CopyMark };

/**
 * Opens a log in immudb. Any number of processes may have the same log open. Rejects with `invalid_request` for options that make no sense,
 * `unavailable`, or `foreign_store` for a database that holds something else. A log whose index may be damaged refuses appends, and what rests
 * on the index, with `IndexSuspectError`, and is not opened at all where that is seen at once; see `index-guard.ts`.
 */
export async function openImmudbEventStore(options: ImmudbOptions): Promise<ImmudbEventStore> {
  const place = checkOptions(Options, options);
  const { database, tls, readOnly = false, onConnection, onWarning: warn = (message) => process.emitWarning(message) } = place;
  // Known once the log is open; every session after that must be in it.
  const known: { logId?: string } = {};
  const changed = (): void => {
    const refused = refusal();
    if (refused) queue.refuseWaiting(refused);
    // What does not end by itself says more than that the server is not there.
    const reason = history.lost()?.message ?? channel.away()?.message ?? guard.suspicion()?.message;
    onConnection?.(reason === undefined ? "connected" : "away", reason);
  };
  const channel = openChannel(place.address, { tls, onConnection: changed });
  const history = createHistoryGuard({ onLost: changed });
  const guard = createIndexGuard({
    meet: () => log.newestTx(),
    check: async () => checkIndex(log, await log.newestTx()),
    onChange: changed,
  });
  const distrust = (): StoreError | undefined => history.lost() ?? guard.suspicion();
  const session = (name: string, holds: Holds): Session =>
    openSession(channel, place, name, {
      readOnly,
      refusal: distrust,
      failed: guard.failed,
      ...(holds === "events" && { made: history.made }),
      admit: async (reads) => {
        if (known.logId !== undefined) await checkSameLog(reads, name, holds, known.logId);
        if (holds === "events") await history.met(reads);
        // Who only reads is refused nothing for the sake of an index: a reader who finds an event missing says so.
        if (holds === "events" && !readOnly) await guard.met(await startOf(reads), () => sampleIndex(reads));
      },
    });
  const log = history.noting(session(database, "events"));
  const snapshotLog = session(snapshotsDatabaseOf(place), "snapshots");
  const refusal = (): StoreError | undefined => {
    const away = channel.away();
    return history.lost() ?? (away ? unavailable(away, "append: nothing was appended") : guard.suspicion());
  };
  const commitOptions = { ...place, suspicion: distrust };
  const queue = createCommitQueue((commits) => commitBatch(log, commits, commitOptions), { refusal });
  const release = async (): Promise<void> => {
    guard.close();
    await Promise.all([log.close(), snapshotLog.close()]);
    channel.close();
  };
  const logId = await opened(channel, place, log, snapshotLog, guard).catch(async (error: unknown) => {
    await release();
    throw unavailable(error, `open the log ${database}`);
  });
  known.logId = logId;

  const counters = createCounters();
  const reader = createLogReader(log);
  const proof = provableLogOf(log, database, async () => logId);
  const mark = createCopyMark(log);
  const fences = createFences(log, place);
  const snapshots = createSnapshots(snapshotLog, { readOnly, eventAt: (path, version) => log.get(eventKey(path, version)) });
  const tally = createTally({ reader, log, snapshots: snapshotLog, readOnly });
  const underWay = new Set<Promise<unknown>>();
  let closing: Promise<void> | undefined;

  const whileOpen = <T>(doing: string, work: () => Promise<T>): Promise<T> => {
    if (closing) return Promise.reject(new ClosedError());
    const lost = history.lost();
    if (lost) return Promise.reject(lost);
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
  /** Loads by the index, which may say of what is there that it is not. */
  const lookUp = <T>(doing: string, work: () => Promise<T>): Promise<T> =>
    load(doing, async () => {
      const before = guard.suspicion();
      if (before) throw before;
      const found = await work();
      const after = guard.suspicion();
      if (after) throw after;
      return found;
    });
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

    copyMark: {
      source: () => load("tell whether it is whole", mark.source),
      begin: (source) => store("mark as a copy", () => mark.begin(source)),
      end: () => store("mark as whole", mark.end),
    },

    fences: {
      read: (partition) => lookUp("read a fence", () => fences.read(partition)),
      raise: (seen) => store("raise a fence", () => fences.raise(seen)),
      retire: (partition) => store("retire a fence", () => fences.retire(partition)),
    },

    answers: { record: (answers) => store("record answers", () => recordAnswers(answers, queue.append)) },

    append: (commits) =>
      store("append", async () => {
        const results = await queue.append(prepareAppend(commits));
        counters.add("events_stored", countEvents(commits.filter((_, index) => results[index]?.ok)));
        return results;
      }),

    readStream: (stream, page) => lookUp("read a stream", async () => loaded(await readPage(log, pageOf(stream, page)))),

    readAll: (after, limit) =>
      load("read the log", async () => {
        const records = await reader.readLog(checkPosition(after), checkLimit(limit));
        return loaded(records.map(({ bytes, position, stream, version }) => decodeEvent(bytes, position, { stream, version })));
      }),

    head: () => load("tell the head of the log", () => reader.head()),

    heads: (streams) =>
      lookUp("tell where streams stand", async () => {
        const paths = streams.map(checkStream);
        const heads = await readHeads(log, paths);
        return paths.map((path) => heads.get(path) ?? { version: 0, ended: false });
      }),

    listStreams: ({ type, after = "", limit } = {}) =>
      lookUp("list streams", async (): Promise<readonly Ref[]> => {
        const count = checkLimit(limit);
        const prefix = Buffer.from(type === undefined ? markerPrefix : `${markerPrefix}${type}/`);
        const markers = await log.scan({ prefix, ...(after === "" ? {} : { seek: markerKey(after) }), limit: count });
        return markers.map(({ key }) => refOf(textOf(key).slice(markerPrefix.length)));
      }),

    outcomes: (ids) =>
      lookUp("tell outcomes", async () => {
        const found = await readOutcomes(log, ids.map(checkCommandId));
        return ids.map((id) => found.get(id));
      }),

    loadSnapshot: (stream, atOrBefore) =>
      load("load a snapshot", async () => {
        const path = checkStream(stream);
        if (atOrBefore !== undefined && !isVersion(atOrBefore))
          throw new InvalidRequestError(`${path} has no version ${atOrBefore}`, { stream: path });
        const { snapshot, discarded } = await snapshots.load(path, atOrBefore);
        counters.add("load_failures", discarded.length);
        for (const sentence of discarded) warn(sentence);
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

/** When the process of the server was started; undefined where it does not tell, which one database that it cannot open is enough for. */
const startOf = (reads: SessionReads): Promise<number | undefined> =>
  reads.read("ServerInfo", encodeEmpty()).then(
    (answer) => decodeStartedAt(answer) || undefined,
    () => undefined,
  );

/** Creates what is missing, where that is asked for, and makes sure that the databases are the two of one log of ours; its id. */
async function opened(
  channel: Channel,
  place: ImmudbOptions,
  log: Session,
  snapshotLog: Session,
  { suspicion }: IndexGuard,
): Promise<string> {
  if (place.create === true) await createDatabases(channel, place);
  const snapshots = snapshotsDatabaseOf(place);
  const { log: logId } = await checkGenesis(log, place.database, "events");
  await checkSettings(log, place.database);
  await onSnapshots(snapshots, async () => {
    await checkSameLog(snapshotLog, snapshots, "snapshots", logId);
    await checkSettings(snapshotLog, snapshots);
  });
  const suspect = suspicion();
  if (suspect) throw suspect;
  return logId;
}
