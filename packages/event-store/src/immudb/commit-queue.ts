import { LimitExceededError, OutcomeUnknownError } from "../errors.ts";
import type { CommitResult } from "../event-store.ts";
import { positionsPerTransaction } from "../position.ts";
import type { PreparedCommit } from "../prepare.ts";
import { createLocks, locksOf, type LockSet } from "./locks.ts";

/** Two transactions: one is prepared while the other is synced; a third would only wait. */
const maxInFlight = 2;
/** Beyond these no further append joins a transaction; one append alone may be larger. */
const joinedEvents = 256;
const joinedBytes = 1024 * 1024;
/** The server takes requests of 32 MB. */
const maxBytes = 30 * 1024 * 1024;

type Size = { readonly entries: number; readonly preconditions: number; readonly events: number; readonly bytes: number };

type Job = {
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
};

/** Gathers appends into batches, at most two under way and never with the same stream or command in both. */
export function createCommitQueue(commitBatch: (commits: readonly PreparedCommit[]) => Promise<readonly CommitResult[]>): CommitQueue {
  const underWay = createLocks();
  let queue: Item[] = [];
  let inFlight = 0;
  let scheduled = false;

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
      const sum = added(total, size);
      const joins = batch.length > 0 && batch.at(-1)?.job !== job;
      if (batch.length > 0 && (!fits(sum) || (joins && (sum.events > joinedEvents || sum.bytes > joinedBytes)))) break;
      total = sum;
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

  return {
    append: async (commits) => {
      const sizes = commits.map(sizeOf);
      for (const { entries, bytes } of sizes) {
        if (entries > positionsPerTransaction) throw new LimitExceededError("records of one commit", positionsPerTransaction, entries);
        if (bytes > maxBytes) throw new LimitExceededError("bytes of one commit", maxBytes, bytes);
      }
      if (commits.length === 0) return [];
      return new Promise((resolve, reject) => {
        const job: Job = { results: [], open: commits.length, inFlight: false, resolve, reject };
        commits.forEach((commit, index) => queue.push({ commit, locks: locksOf(commit), size: sizes[index] as Size, job, index }));
        schedule();
      });
    },
  };
}

const added = (a: Size, b: Size): Size => ({
  entries: a.entries + b.entries,
  preconditions: a.preconditions + b.preconditions,
  events: a.events + b.events,
  bytes: a.bytes + b.bytes,
});

const fits = ({ entries, preconditions, bytes }: Size): boolean =>
  entries <= positionsPerTransaction && preconditions <= positionsPerTransaction && bytes <= maxBytes;

/** What a commit takes of a transaction at most. */
function sizeOf({ writes, asserts, command }: PreparedCommit): Size {
  const recorded = command ? 1 : 0;
  let [entries, preconditions, events, bytes] = [recorded, recorded + asserts.length * 3, 0, command?.outcome.length ?? 0];
  for (const write of writes) {
    const begins = write.expected === 0 || write.expected === "no-stream";
    entries += write.events.length + (begins || write.expected === "any" ? 1 : 0) + (write.ends ? 1 : 0);
    preconditions += begins ? 1 : 3;
    events += write.events.length;
    for (const text of write.events) bytes += Buffer.byteLength(text);
  }
  return { entries, preconditions, events, bytes };
}
