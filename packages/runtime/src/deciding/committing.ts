import {
  neverFits,
  nothingAppended,
  type CommandAlreadyRecordedError,
  type CommitResult,
  type EventStore,
  type Fence,
  WrongExpectedVersionError,
} from "@aethyr/event-store";
import { advance, AethyrError, pathOf, type Ref } from "@aethyr/kernel";
import { refused, type Reply } from "@aethyr/protocol";
import type { Batch, Entry } from "./batch.ts";
import { step, type Hosted } from "../actors/hosted.ts";
import type { Hydration } from "../actors/hydration.ts";
import type { Metrics } from "../metrics.ts";
import { notOwned, type Owning } from "../sharing/ownership.ts";
import type { Pending } from "../intake/pending.ts";
import type { Log, Ports } from "../ports.ts";
import { acceptedReply, failedReply, recordedReply } from "../answering/replies.ts";
import type { Snapshots } from "../actors/snapshots.ts";

type Parts = {
  readonly store: EventStore;
  readonly ports: Ports;
  readonly log: Log;
  readonly metrics: Metrics;
  readonly hydration: Hydration;
  readonly snapshots: Snapshots;
  readonly attempts: number;
  readonly owning: Owning;
  readonly answer: (pending: Pending, reply: Reply) => void;
  /** Back to the front of its target's mailbox. */
  readonly retry: (pending: Pending) => void;
  /** The same, in a moment: others wrote what it is about. */
  readonly overtaken: (pending: Pending) => void;
  /** Has it decided by the host that it was overtaken by; false where that cannot be. */
  readonly askOwner: (entry: Entry, error: Error) => boolean;
  /** Forgets the actors that are another host's now. */
  readonly dropLost: () => void;
  /** Others get a turn on it, which takes them some such commits. */
  readonly yieldTo: (hosted: Hosted, commitMs: number) => void;
  /** Back from a commit: whoever waits for it may go on. */
  readonly wake: (hosted: Hosted) => void;
  /** Something is in the log that was not there before. */
  readonly committed: (position: number) => void;
  /** Streams of other hosts that this one has written, or cannot write as they are overtaking it: where these are now. */
  readonly moved: ((these: readonly Moved[]) => void) | undefined;
};

/** A stream, and the version at which it is. */
export type Moved = { readonly stream: Ref; readonly version: number };

/** An aggregate on which a host commits without end is left to others so often: they may be overtaken there, and unable to say so. */
const commitsInATurn = 128;

/** What its target's host knew is old by then: that one tries again. */
const attemptsOnBehalf = 3;

const isRepeat = (error: Error & { readonly code: string }): error is CommandAlreadyRecordedError =>
  error.code === "command_already_recorded";

/** Refusals of one commit by a store that is away: nothing was done about it, or it may have been made before. */
const isAbsence = ({ code }: { readonly code: string }): boolean => code === "unavailable" || code === "outcome_unknown";

export type Committing = {
  commit(batch: Batch): Promise<void>;
  /** What a commit takes of late. */
  commitMs(): number;
};

/**
 * Commits a batch and lets the actors follow the log: an actor moves only to what is durable. Never rejects: each command of the batch is
 * answered, or decided again.
 */
export function createCommitting(parts: Parts): Committing {
  const { store, ports, log, metrics, hydration, snapshots, owning, answer, retry, overtaken, yieldTo, wake, dropLost } = parts;
  let commitMs = 0;

  async function append(batch: Batch): Promise<void> {
    const startedMs = ports.monotonic();
    let results;
    try {
      results = await store.append(batch.entries.map((entry) => entry.commit));
    } catch (error) {
      failed(batch, error);
      return;
    }
    const tookMs = ports.monotonic() - startedMs;
    // The newest count most.
    commitMs += (tookMs - commitMs) / 4;
    measure(batch, results, tookMs / 1000);
    settle(batch, results);
  }

  function settle(batch: Batch, results: readonly CommitResult[]): void {
    const outdated = new Set<Hosted>();
    const stale: [Entry, Error][] = [];
    const answers: [Pending, Reply][] = [];
    const fences: Fence[] = [];
    let newest = 0;
    for (const [index, entry] of batch.entries.entries()) {
      const { pending, outcome, participants } = entry;
      const { id } = pending.envelope;
      const result = results[index]!;
      if (result.ok) {
        newest = Math.max(newest, result.position);
        answers.push([pending, acceptedReply(id, outcome, result.position, result.provisional)]);
        continue;
      }
      const { error } = result;
      for (const hosted of participants) outdated.add(hosted);
      if (error.code === "fenced") {
        // That of another host is that host's to lose.
        if (pending.onBehalf === undefined) fences.push(entry.commit.fence!);
        answers.push([pending, notOwned(id)]);
      } else if (isRepeat(error)) answers.push([pending, recordedReply(id, error)]);
      else if (isAbsence(error)) answers.push([pending, failedReply(id, error)]);
      else stale.push([entry, error]);
    }
    for (const [hosted, { events }] of batch.written) {
      if (hosted.discarded) hydration.reload(hosted);
      if (outdated.has(hosted) || hosted.state !== "committing") continue;
      for (const event of events) advance(hosted.instance!, event, event.time);
      step(hosted, "COMMITTED");
      hosted.yielded = false;
      hosted.commits += 1;
      if (owning.shared && hosted.commits % commitsInATurn === 0) yieldTo(hosted, commitMs);
      snapshots.afterCommit(hosted);
      wake(hosted);
    }
    // One that is in another transaction of this host now is left to that one.
    for (const hosted of outdated) {
      if (hosted.state === "ready" || (batch.written.has(hosted) && hosted.state === "committing")) hydration.refresh(hosted);
    }
    // Before anybody is answered: what is lost is not tried again here.
    for (const fence of fences) owning.lose(fence);
    for (const [pending, reply] of answers) answer(pending, reply);
    // The last first: those that are put back go to the front of their mailboxes. What another host is asked for is the first of its target.
    const lastFirst = stale.toReversed();
    const firsts = new Map(lastFirst.map(([entry]) => [entry.pending.target, entry]));
    for (const [entry, error] of lastFirst) decideAgain(entry, error, firsts.get(entry.pending.target) === entry);
    tellContended(stale);
    if (fences.length > 0) dropLost();
    if (newest > 0) parts.committed(newest);
    if (parts.moved) tellMoved(batch, results, parts.moved);
  }

  /** Where another host keeps being first, it hears of it: what it knows already tells it that somebody waits for a turn. */
  function tellContended(stale: readonly [Entry, Error][]): void {
    const contended = new Map<string, Moved>();
    for (const [{ pending }, error] of stale) {
      // Who waits for the owner's answer does not wait for a turn.
      if (pending.attempts < 2 || pending.target.awaited || !(error instanceof WrongExpectedVersionError) || owning.owns(error.stream))
        continue;
      contended.set(pathOf(error.stream), { stream: error.stream, version: error.actual });
    }
    if (contended.size > 0) parts.moved?.([...contended.values()]);
  }

  function tellMoved({ entries }: Batch, results: readonly CommitResult[], told: (these: readonly Moved[]) => void): void {
    const moved = new Map<string, Moved>();
    for (const [index, { commit }] of entries.entries()) {
      const result = results[index]!;
      if (!result.ok || result.provisional) continue;
      // Later commits of a batch bring a stream further.
      for (const [at, { stream }] of commit.writes.entries())
        if (!owning.owns(stream)) moved.set(pathOf(stream), { stream, version: result.versions[at]! });
    }
    if (moved.size > 0) told([...moved.values()]);
  }

  function decideAgain(entry: Entry, error: Error, isFirst: boolean): void {
    const { pending } = entry;
    metrics.conflicted();
    pending.attempts += 1;
    if (isFirst && parts.askOwner(entry, error)) return;
    // For another host the aggregate that is fought over does not rest.
    if (pending.onBehalf !== undefined && pending.attempts < attemptsOnBehalf) retry(pending);
    else if (pending.onBehalf === undefined && pending.attempts < parts.attempts) overtaken(pending);
    else
      answer(
        pending,
        refused(
          pending.envelope.id,
          "conflict",
          `others kept overtaking this command (${error.message}); nothing was applied: send it again`,
        ),
      );
  }

  function failed(batch: Batch, error: unknown): void {
    const code = error instanceof AethyrError ? error.code : "internal";
    metrics.commitFailed(code);
    log.error({ err: error, commands: batch.entries.length, events: batch.events }, "the commit failed");
    for (const hosted of batch.written.keys()) {
      if (hosted.discarded) {
        hydration.reload(hosted);
      } else if (nothingAppended(error)) {
        step(hosted, "COMMITTED");
        wake(hosted);
      } else {
        // It is not known what the log holds now, so it is asked; the versions expected by later commits protect in any case.
        hydration.refresh(hosted);
      }
    }
    for (const { pending } of batch.entries.toReversed()) {
      const reply = failedReply(pending.envelope.id, error);
      if (!neverFits(error)) {
        answer(pending, reply);
        continue;
      }
      // By itself it will never go into the log, but it may be there, as it was decided once. Of several one is guilty: each is tried by itself.
      if (batch.entries.length === 1) pending.refusal = reply;
      pending.alone = true;
      retry(pending);
    }
  }

  function measure(batch: Batch, results: readonly CommitResult[], seconds: number): void {
    const made = batch.entries.filter((_, index) => results[index]!.ok);
    const eventsByType = new Map<string, number>();
    let events = 0;
    for (const { commit } of made) {
      for (const write of commit.writes) {
        events += write.events.length;
        eventsByType.set(write.stream.type, (eventsByType.get(write.stream.type) ?? 0) + write.events.length);
      }
    }
    if (made.length > 0) metrics.committed({ commands: made.length, events, eventsByType, seconds });
  }

  function commit(batch: Batch): Promise<void> {
    for (const hosted of batch.written.keys()) step(hosted, "COMMIT");
    const done = append(batch).then(() => {
      for (const hosted of batch.written.keys()) if (hosted.committing === done) hosted.committing = undefined;
    });
    for (const hosted of batch.written.keys()) hosted.committing = done;
    return done;
  }

  return { commit, commitMs: () => commitMs };
}
