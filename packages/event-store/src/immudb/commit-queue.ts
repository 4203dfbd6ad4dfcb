import { LimitExceededError, OutcomeUnknownError, UnavailableError } from "../errors.ts";
import type { CommitResult } from "../event-store.ts";
import { positionsPerTransaction } from "../position.ts";
import type { PreparedCommit } from "../prepare.ts";
import { commandKey, fenceKeyText } from "./keys.ts";
import { createLocks, locksOf, type LockSet } from "./locks.ts";

/** Two transactions: one is prepared while the other is synced; a third would only wait. */
const maxInFlight = 2;
/** Beyond these no further append joins a transaction; one append alone may be larger. */
const joinedEvents = 256;
const joinedBytes = 1024 * 1024;
/** The server takes requests of 32 MB, unless it was started with less. */
export const maxBytes = 32 * 1024 * 1024;
/** One precondition of a transaction is the bar of its attempts. */
const maxPreconditions = positionsPerTransaction - 1;
/** What an append may wait for its turn. */
const waitLimitMs = 10_000;

type Size = { readonly entries: number; readonly preconditions: number; readonly events: number; readonly bytes: number };

type Job = {
  readonly since: number;
  readonly results: CommitResult[];
  open: number;
  inFlight: boolean;
  readonly resolve: (results: readonly CommitResult[]) => void;
  readonly reject: (error: unknown) => void;
};

type Item = { readonly commit: PreparedCommit; readonly locks: LockSet; readonly size: Size; readonly job: Job; readonly index: number };

export type CommitQueue = {
  /** Appends commits in their order; those of one call share a transaction if they fit, and calls join while others are under way. */
  append(commits: readonly PreparedCommit[]): Promise<readonly CommitResult[]>;
  /** Refuses what waits for its turn. What is under way goes on. */
  refuseWaiting(error: Error): void;
};

export type CommitQueueOptions = {
  /** Why nothing can be appended now; undefined while it can. */
  readonly refusal?: () => Error | undefined;
  /** Default 10,000. */
  readonly waitWithinMs?: number;
};

/** Gathers appends into batches, at most two under way and never with the same stream or command in both. */
export function createCommitQueue(
  commitBatch: (commits: readonly PreparedCommit[]) => Promise<readonly CommitResult[]>,
  { refusal, waitWithinMs = waitLimitMs }: CommitQueueOptions = {},
): CommitQueue {
  const underWay = createLocks();
  let queue: Item[] = [];
  let inFlight = 0;
  let scheduled = false;
  let patience: NodeJS.Timeout | undefined;

  const schedule = (): void => {
    if (scheduled) return;
    scheduled = true;
    // What else arrives in this turn of the event loop shares the transaction.
    setImmediate(() => {
      scheduled = false;
      pump();
    });
  };

  function pump(): void {
    while (inFlight < maxInFlight) {
      const batch = take();
      if (batch.length === 0) return;
      inFlight += 1;
      for (const { job, locks } of batch) {
        job.inFlight = true;
        underWay.add(locks);
      }
      void run(batch).finally(() => {
        inFlight -= 1;
        for (const { job, locks } of batch) {
          job.inFlight = false;
          underWay.remove(locks);
        }
        schedule();
      });
    }
  }

  /** The next items that fit together, in order; what must wait keeps those waiting that come after it and concern the same. */
  function take(): readonly Item[] {
    const batch: Item[] = [];
    const kept: Item[] = [];
    const waiting = createLocks();
    const waitingJobs = new Set<Job>();
    let total: Size = { entries: 0, preconditions: 0, events: 0, bytes: 0 };
    const fences = new Set<string>();
    let at = 0;
    for (; at < queue.length; at += 1) {
      const item = queue[at] as Item;
      const { job, locks, size } = item;
      if (job.inFlight || waitingJobs.has(job) || underWay.collide(locks) || waiting.collide(locks)) {
        waitingJobs.add(job);
        waiting.add(locks);
        kept.push(item);
        continue;
      }
      const fence = fenceOf(item);
      const sum = added(total, size, fence === undefined || fences.has(fence) ? 0 : 1);
      const joins = batch.length > 0 && batch.at(-1)?.job !== job;
      if (batch.length > 0 && (!fits(sum) || (joins && (sum.events > joinedEvents || sum.bytes > joinedBytes)))) break;
      total = sum;
      if (fence !== undefined) fences.add(fence);
      batch.push(item);
    }
    queue = at === queue.length ? kept : [...kept, ...queue.slice(at)];
    return batch;
  }

  async function run(batch: readonly Item[]): Promise<void> {
    try {
      const results = await commitBatch(batch.map(({ commit }) => commit));
      batch.forEach(({ job, index }, at) => {
        job.results[index] = results[at] as CommitResult;
        job.open -= 1;
        if (job.open === 0) job.resolve(job.results);
      });
    } catch (error) {
      for (const job of new Set(batch.map((item) => item.job))) fail(job, error);
    }
  }

  function fail(job: Job, error: unknown): void {
    queue = queue.filter((item) => item.job !== job);
    const partly = job.results.some((result) => result?.ok);
    job.reject(
      partly
        ? new OutcomeUnknownError("a part of the append was made before immudb failed: ask again under the same command ids", {
            cause: error,
          })
        : error,
    );
  }

  const waitingJobs = (): ReadonlySet<Job> => new Set(queue.map(({ job }) => job).filter(({ inFlight: begun }) => !begun));

  /** Nothing waits for ever behind what is under way, though it may take long to find out what became of that. */
  const limitWait = (): void => {
    const [oldest] = queue;
    if (patience || !oldest) return;
    patience = setTimeout(
      () => {
        patience = undefined;
        const tooOld = performance.now() - waitWithinMs;
        for (const job of waitingJobs())
          if (job.since <= tooOld) fail(job, new UnavailableError(`immudb is too slow: nothing was appended within ${waitWithinMs} ms`));
        limitWait();
      },
      Math.max(oldest.job.since + waitWithinMs - performance.now(), 1),
    );
    patience.unref();
  };

  return {
    refuseWaiting: (error) => {
      for (const job of waitingJobs()) fail(job, error);
    },
    append: async (commits) => {
      const sizes = commits.map(sizeOf);
      for (const { entries, bytes } of sizes) {
        if (entries > positionsPerTransaction) throw new LimitExceededError("records of one commit", positionsPerTransaction, entries);
        if (bytes > maxBytes) throw new LimitExceededError("bytes of one commit", maxBytes, bytes);
      }
      if (commits.length === 0) return [];
      const refused = refusal?.();
      if (refused) throw refused;
      return new Promise((resolve, reject) => {
        const job: Job = { since: performance.now(), results: [], open: commits.length, inFlight: false, resolve, reject };
        commits.forEach((commit, index) => queue.push({ commit, locks: locksOf(commit), size: sizes[index] as Size, job, index }));
        schedule();
        limitWait();
      });
    },
  };
}

/** Commits of one owner demand the same of its fence, once. */
const fenceOf = ({ commit: { fence } }: Item): string | undefined => fence && `${fence.partition} ${fence.token}`;

const added = (a: Size, b: Size, fences: number): Size => ({
  entries: a.entries + b.entries,
  preconditions: a.preconditions + b.preconditions + fences,
  events: a.events + b.events,
  bytes: a.bytes + b.bytes,
});

const fits = ({ entries, preconditions, bytes }: Size): boolean =>
  entries <= positionsPerTransaction && preconditions <= maxPreconditions && bytes <= maxBytes;

// Bytes around the parts of a request, at most: tags, lengths and the transaction id of a precondition; an event's version and place.
const perRecord = 16;
const perEvent = 16 + 1 + 5;
const versionInKey = 17;

/** What a commit takes of a transaction at most, but for the precondition of its fence. Its bytes are those of the request, a few of each record too many. */
export function sizeOf({ writes, asserts, command, fence }: PreparedCommit): Size {
  let [entries, preconditions, events, bytes] = [0, 0, 0, perRecord * 4];
  const record = (keyBytes: number, valueBytes: number): void => {
    entries += 1;
    bytes += keyBytes + valueBytes + perRecord;
  };
  const demand = (count: number, keyBytes: number): void => {
    preconditions += count;
    bytes += count * (keyBytes + perRecord);
  };
  if (command) {
    const key = commandKey(command.id).length;
    record(key, Buffer.byteLength(command.outcome) + perEvent);
    demand(1, key);
  }
  if (fence) bytes += fenceKeyText(fence.partition).length + perRecord;
  for (const { path } of asserts) demand(3, path.length + 2 + versionInKey);
  for (const { path, expected, events: texts, ends } of writes) {
    const key = path.length + 2 + versionInKey;
    const begins = expected === 0 || expected === "no-stream";
    for (const text of texts) record(key, Buffer.byteLength(text) + perEvent);
    if (begins || expected === "any") record(key, 0);
    if (ends) record(key, versionInKey);
    demand(begins ? 1 : 3, key);
    events += texts.length;
  }
  return { entries, preconditions, events, bytes };
}
