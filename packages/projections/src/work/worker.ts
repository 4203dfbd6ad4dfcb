import type { StoredEvent } from "@aethyr/event-store";
import { AethyrError } from "@aethyr/kernel";
import { EventGapError, ForeignLogError, HandlerFailedError, LeaseLostError, messageOf, WrongStateError } from "../errors.ts";
import type { Log } from "../log.ts";
import { markCopy, releaseLease, renewLease, takeLease, type Copy, type Failure, type Lease } from "../registry/copies.ts";
import { settleCopy } from "../registry/make-copies.ts";
import { switchTo } from "../registry/switch-copies.ts";
import { applyAll, type FailurePolicy } from "./apply.ts";
import { prepare, type Bound, type Prepared } from "./commit.ts";
import { eventsFor } from "./follow.ts";
import { createOrder } from "./order.ts";
import { createProof } from "./proof.ts";
import { createRate, type Rate } from "./rate.ts";
import type { SharedLog } from "./shared-log.ts";
import type { Together } from "./together.ts";

export type WorkerParts = {
  readonly events: SharedLog;
  readonly bound: Bound;
  readonly together: Together;
  readonly owner: string;
  readonly logId: string | undefined;
  readonly onFailure: FailurePolicy;
  readonly leaseMs: number;
  readonly log: Log;
  /** Told when a copy has passed so many events more, and is at a position. */
  readonly onMoved: (position: number, events: number) => void;
};

/** What a worker is doing, for its status. */
export type Work = { readonly rate: Rate };

/**
 * Tends one copy for as long as it holds its lease: fills it from the log, then follows. Resolves to false where another worker has it, and to
 * true when its work ended: by the signal, at its end, or because the copy is another's or paused by now. Rejects with failures that may pass.
 */
export async function tendCopy(parts: WorkerParts, schema: string, signal: AbortSignal, onWork: (work: Work) => void): Promise<boolean> {
  const { bound, owner, leaseMs, log } = parts;
  const { kysely } = bound.database;
  const taken = await takeLease(kysely, schema, owner, leaseMs);
  if (taken === undefined) return false;
  const { lease } = taken;
  const { name: projection } = bound.projection;
  log.info({ projection, schema, owner, position: taken.copy.position }, "the projection is worked on here");
  const over = new AbortController();
  const ended = AbortSignal.any([signal, over.signal]);
  const heartbeat = keepLease(parts, lease, over);
  try {
    const work = { rate: createRate(() => performance.now()) };
    onWork(work);
    const copy = await settleCopy(bound.database, bound.projection, schema, parts.logId);
    if (copy !== undefined) await follow(parts, lease, copy, ended, work);
  } catch (error) {
    if (error instanceof LeaseLostError) log.info({ projection, schema, owner }, error.message);
    else if (isForGood(error)) await pause(parts, lease, error);
    else throw error;
  } finally {
    clearInterval(heartbeat.timer);
    await heartbeat.beat();
    // A database that is away does not keep anybody: the lease expires.
    await releaseLease(kysely, lease).catch((error: unknown) =>
      log.warn({ err: error, schema }, "the lease could not be given back: it expires"),
    );
  }
  return true;
}

async function follow(parts: WorkerParts, lease: Lease, copy: Copy, signal: AbortSignal, work: Work): Promise<void> {
  const { bound, onFailure, leaseMs, log, onMoved } = parts;
  const { schema } = copy;
  const proof = createProof(parts.events, copy, () => performance.now());
  const head = await parts.events.head();
  await proof.check();
  let { position } = copy;
  const order = createOrder(position);
  const level = createLevel(parts, lease, copy, head);
  await level.reached(position);
  const applying = {
    bound,
    lease,
    leaseMs,
    // What is made beside the active copy holds up nobody.
    together: copy.state === "active" ? parts.together : undefined,
    onFailure,
    log,
    onCommitted(position: number, events: number) {
      work.rate.add(events);
      onMoved(position, events);
    },
  };
  // While a batch is written, the handlers of the next one run.
  const over = new AbortController();
  const reading = AbortSignal.any([signal, over.signal]);
  let writing: Promise<void> = Promise.resolve();
  let prepared: Prepared | undefined;
  async function write(after: number, events: readonly StoredEvent[], made: Prepared): Promise<void> {
    await proof.check();
    await applyAll(applying, after, events, made);
    proof.passed(events.at(-1));
    await level.reached(events.at(-1)?.position ?? after);
  }
  try {
    for await (const batch of eventsFor(parts.events, copy, reading)) {
      const events = order.take(batch);
      if (events.length === 0) continue;
      prepared = prepare(bound, schema, events);
      await writing;
      if (reading.aborted) break;
      writing = write(position, events, prepared);
      // Seen below, and soon: nobody waits for an event after a failure.
      writing.catch(() => over.abort());
      position = events.at(-1)?.position ?? position;
    }
  } finally {
    // What is right is written, whatever is wrong with what comes after it; then the lease may be given back.
    try {
      await writing;
    } finally {
      prepared?.drop();
    }
  }
  if (copy.until !== null && !signal.aborted) await markCopy(bound.database.kysely, lease, { state: "done", level: true });
}

/** How long a switch that nobody waits for holds up whoever comes to read, while it waits for those who do. */
const switchWaitMs = 1_000;

/** Sees when a copy has been as far as the log, and then lets it take the active one's place, where it is meant to. */
function createLevel({ bound, events, log }: WorkerParts, lease: Lease, copy: Copy, head: number) {
  const { schema, projection } = copy;
  /** It is to take the active one's place, which is tried until it has: only then it counts as level. */
  const takesOver = copy.state === "building" && copy.switches;
  let isLevel = copy.until !== null || (copy.level && !takesOver);
  let target = head;
  return {
    async reached(position: number): Promise<void> {
      if (isLevel || position < target) return;
      target = await events.head();
      if (position < target) return;
      if (takesOver) {
        try {
          await switchTo(bound.database, projection, schema, { isLevel: true, waitMs: switchWaitMs });
        } catch (error) {
          // The active one is ahead: then there is more for this one too, and it is tried again after that.
          if (error instanceof WrongStateError) return;
          throw error;
        }
      } else await markCopy(bound.database.kysely, lease, { level: true, level_at: new Date().toISOString() });
      isLevel = true;
      log.info({ projection, schema, position }, "the projection is level with the log");
    },
  };
}

/** Renews the lease while there is nothing to write; ends the work where it is another's by now. */
function keepLease({ bound, leaseMs, log }: WorkerParts, lease: Lease, over: AbortController) {
  let beating: Promise<void> = Promise.resolve();
  async function beat(): Promise<void> {
    try {
      if (!(await renewLease(bound.database.kysely, lease, leaseMs))) over.abort();
    } catch (error) {
      // Whoever writes will see the same, and every batch asks whether the lease still holds.
      log.warn({ err: error, schema: lease.schema }, "the lease could not be renewed");
    }
  }
  const timer = setInterval(() => {
    beating = beating.then(beat);
  }, leaseMs / 3);
  return { timer, beat: () => beating };
}

/** Errors that the same attempt would meet again. */
const isForGood = (error: unknown): error is AethyrError =>
  error instanceof HandlerFailedError ||
  error instanceof EventGapError ||
  error instanceof ForeignLogError ||
  (error instanceof AethyrError && error.code === "corrupt_store");

async function pause({ bound, log }: WorkerParts, lease: Lease, error: AethyrError): Promise<void> {
  const { position, event, stream } = error.details;
  const failure: Failure = {
    code: error.code,
    message: messageOf(error).slice(0, 4000).replaceAll("\0", ""),
    position: typeof position === "number" ? position : null,
    event: typeof event === "string" ? event : null,
    stream: typeof stream === "string" ? stream : null,
    at: new Date().toISOString(),
  };
  await markCopy(bound.database.kysely, lease, { failure: JSON.stringify(failure) });
  log.error({ err: error, projection: bound.projection.name, schema: lease.schema }, "the projection is paused");
}
