import { inTime } from "@aethyr/async";
import { refOf, type Ref } from "@aethyr/kernel";
import { ClosedError } from "../errors.ts";
import type { EventStore } from "../event-store.ts";
import { checkLimit } from "../read-options.ts";
import { localLink, openWorkerLink, type Link } from "../sqlite/link.ts";
import type { Threads } from "../sqlite/sqlite-event-store.ts";
import { createAppending, type JournalLimit } from "./appending.ts";
import { createDraining } from "./draining.ts";
import { readEntry } from "./entry.ts";
import { openJournalFile, readQuarantineRows, type JournalFile } from "./journal-file.ts";
import { createFreshness } from "./freshness.ts";
import { createKnown, type KnownLimits } from "./known.ts";
import { silentLog, type Log } from "./log.ts";
import { createPendingEntries, type PendingEntries } from "./pending-entries.ts";
import { createPresence } from "./presence.ts";
import { readQuarantined, type Quarantined } from "./quarantine.ts";
import { createReading } from "./reading.ts";
import { createTurns } from "./turns.ts";

export type JournalOptions = {
  /** The log. It is closed with the journal. */
  readonly primary: EventStore;
  /** Names the log for ever: the journal in the folder is this log's, or is made for it. */
  readonly logId: string;
  /** Folder of the journal, made if needed; one process at a time. */
  readonly directory: string;
  readonly log?: Log;
  /** As `JournaledEventStore.onQuarantine`, and for what is put aside while the journal is being opened. */
  readonly onQuarantine?: (these: readonly Quarantined[]) => void;
  /** How long the log may take over an append before it counts as away; milliseconds, default 1500. */
  readonly patienceMs?: number;
  /** How long after it went away the log is looked after first; then twice as long each time, up to eight times. Milliseconds, default 125. */
  readonly pauseMs?: number;
  /** What the journal holds at most; beyond it appends are `unavailable`. Default 100,000 events, 256 MB of text. */
  readonly limit?: Partial<JournalLimit>;
  /** How much of the log is remembered, to go on without it: streams and commands. Default 200,000 and 50,000. */
  readonly remembers?: Partial<KnownLimits>;
};

/** How things stand between the journal and its log. */
export type Outage = {
  /** `none`: everything is in the log. `away`: the log does not answer. `draining`: it does, and what was journaled is being brought into it. */
  readonly state: "none" | "away" | "draining";
  /** The outage that is, or was the last; 0 before the first in which something was journaled. */
  readonly epoch: number;
  /** Commits and events that wait for the log. */
  readonly commits: number;
  readonly events: number;
  /** Bytes of their text. */
  readonly bytes: number;
  /** Commits that this process brought from the journal into the log. */
  readonly drained: number;
  /** When the oldest of them was journaled, ISO 8601. */
  readonly since: string | undefined;
  /** Commits that were put aside, ever. */
  readonly quarantined: number;
  /** What the log said last, while it is away. */
  readonly reason: string | undefined;
};

export type QuarantinePage = {
  /** Only those after this number; default 0. */
  readonly after?: number;
  /** 1–1000, default 1000. */
  readonly limit?: number;
};

export type JournaledEventStore = EventStore & {
  outage(): Outage;
  /** What was put aside, in the order of the journal. */
  quarantined(page?: QuarantinePage): Promise<readonly Quarantined[]>;
  /**
   * Tells whenever commits are put aside, before anything else is appended: whatever was decided on these streams was decided on what did not
   * come to be. Until the returned function is called.
   */
  onQuarantine(listener: (these: readonly Quarantined[], streams: readonly Ref[]) => void): () => void;
};

/**
 * An event store that goes on while its log is away: commits whose streams this process knows are kept in a durable journal, answered as
 * `provisional`, and brought into the log, in order and under the same preconditions, when that is back. What the log then refuses is put
 * aside with all that builds on it: never dropped, never tried again by itself. Nobody else may write the log: a world with a single host.
 *
 * Resolves when what was left from before is drained, or cannot be as the log is away. Rejects with `store_in_use`, `foreign_store`
 * (`OtherLogError` for the journal of another log), `corrupt_store` or `unavailable`; then the log stays open.
 */
export const withJournal = (options: JournalOptions): Promise<JournaledEventStore> => journalOnThreads(options, "own");

export async function journalOnThreads(options: JournalOptions, threads: Threads): Promise<JournaledEventStore> {
  const { primary, logId, directory, log = silentLog, patienceMs = 1_500, pauseMs = 125, limit, remembers } = options;
  const file: Link<JournalFile> =
    threads === "own"
      ? await openWorkerLink<JournalFile>(new URL("./journal-worker.ts", import.meta.url), { directory, logId }, () => undefined)
      : localLink(openJournalFile({ directory, logId }));
  const pending = createPendingEntries();
  const listeners = new Set<Parameters<JournaledEventStore["onQuarantine"]>[0]>();
  if (options.onQuarantine) listeners.add(options.onQuarantine);
  let epoch: number;
  let putAside: number;
  try {
    ({ epoch, quarantined: putAside } = await load(file, pending));
  } catch (error) {
    await file.close();
    throw error;
  }

  const known = createKnown({ heads: 200_000, commands: 50_000, ...remembers });
  const turns = createTurns();
  const now = (): string => new Date().toISOString();
  const presence = createPresence(log, () => draining.wake());
  const freshness = createFreshness({ primary, file, log, pauseMs: pauseMs * 8 });
  const shared = { primary, file, known, pending, presence, freshness, turns, patienceMs, now };
  const appending = createAppending({
    ...shared,
    limit: { events: 100_000, bytes: 256 * 1024 * 1024, ...limit },
    journaled(during) {
      epoch = during;
      draining.wake();
    },
  });
  const draining = createDraining({
    ...shared,
    log,
    pauseMs,
    quarantined(these) {
      putAside += these.length;
      const paths = new Set(these.flatMap(({ writes }) => writes.map(({ path }) => path)));
      appending.spoil(paths);
      const streams = [...paths].map(refOf);
      for (const listener of listeners) listener(these, streams);
    },
  });
  const reading = createReading(shared);
  const underWay = new Set<Promise<unknown>>();
  let closing: Promise<void> | undefined;
  const open = async <T>(work: () => Promise<T>): Promise<T> => {
    if (closing) throw new ClosedError();
    const working = work();
    underWay.add(working);
    const ended = (): void => void underWay.delete(working);
    working.then(ended, ended);
    return working;
  };

  await draining.start();
  // Most of the time that is the end of it; a log that is long, or away, is read on meanwhile.
  await inTime(freshness.start(), patienceMs);
  return {
    append: (commits) => open(() => appending.append(commits)),
    readStream: (...args) => open(() => reading.readStream(...args)),
    readAll: (...args) => open(() => primary.readAll(...args)),
    head: () => open(() => primary.head()),
    heads: (streams) => open(() => reading.heads(streams)),
    listStreams: (...args) => open(() => reading.listStreams(...args)),
    outcomes: (ids) => open(() => reading.outcomes(ids)),
    loadSnapshot: (...args) => open(() => reading.loadSnapshot(...args)),
    saveSnapshot: (snapshot) => open(() => reading.saveSnapshot(snapshot)),
    statistics: () => open(() => primary.statistics()),
    outage() {
      const [oldest] = pending.all();
      return {
        state: presence.isAway() ? "away" : oldest ? "draining" : "none",
        epoch,
        commits: pending.size(),
        events: pending.events(),
        bytes: pending.bytes(),
        drained: draining.drained(),
        since: oldest?.time,
        quarantined: putAside,
        reason: presence.reason(),
      };
    },
    quarantined: ({ after = 0, limit: count } = {}) =>
      open(async () => (await file.call("quarantined", after, checkLimit(count))).map(readQuarantined)),
    onQuarantine(listener) {
      listeners.add(listener);
      return () => void listeners.delete(listener);
    },
    close: () =>
      (closing ??= (async () => {
        await Promise.all([draining.close(), freshness.close()]);
        await Promise.allSettled(underWay);
        try {
          await primary.close();
        } finally {
          await file.close();
        }
      })()),
  };
}

async function load(file: Link<JournalFile>, pending: PendingEntries): Promise<{ readonly epoch: number; readonly quarantined: number }> {
  const { entries, ...rest } = await file.call("load");
  for (const row of entries) pending.add(readEntry(row));
  return rest;
}

/**
 * What was put aside in the journal of a folder, for whoever looks at it from outside; the folder may be in use. Undefined: there is no journal.
 * Rejects with `foreign_store`, `corrupt_store` or `unavailable`.
 */
export async function readQuarantine(
  directory: string,
  { after = 0, limit }: QuarantinePage = {},
): Promise<readonly Quarantined[] | undefined> {
  return readQuarantineRows(directory, after, checkLimit(limit))?.map(readQuarantined);
}
