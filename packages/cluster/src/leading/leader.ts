import { setTimeout as delay } from "node:timers/promises";
import { inTime } from "@aethyr/async";
import { isWrongRevision } from "@aethyr/nats";
import type { Log } from "@aethyr/runtime";
import type { KV } from "@nats-io/kv";
import type { Coordination } from "../nats/connect.ts";

/** Bucket with who leads what. */
export const leadersBucket = "leaders";

export type LeadingOptions = {
  readonly coordination: Coordination;
  /** What there is to lead, such as `relay`. */
  readonly office: string;
  /** Names this process; no two may have the same. */
  readonly self: string;
  readonly log: Log;
  /** How often a leader shows that it is there; default 500 ms. */
  readonly renewMs?: number;
  /** After so much silence another one takes over; default 2,500 ms. */
  readonly silenceMs?: number;
  /** A leader whose work stands still for so long leaves the office to others; default 10 s. */
  readonly stuckMs?: number;
  /** For so long, at least: one that has just shown that it cannot do the work does not take it up again at once. Default 5 s. */
  readonly standBackMs?: number;
  /** Called each time that this process has become the leader; what it gives is closed when it no longer is. */
  readonly lead: () => Promise<Led>;
};

/** The work of a leader. */
export type Led = {
  /** When it last went on, as `performance.now()` has it. */
  workedAt(): number;
  close(): Promise<void>;
};

export type Leading = {
  readonly isLeader: () => boolean;
  /** Why this process could not do the work when it last led; undefined where it could, or somebody else does it now. */
  readonly trouble: () => unknown;
  /** Steps down, so that another one can take over at once. */
  close(): Promise<void>;
};

/**
 * Sees to it that one of several processes leads. For liveness only: one that was asleep may believe for a moment that it still leads, so
 * what a leader does must be safe when two do it.
 */
export async function runForLeader(options: LeadingOptions): Promise<Leading> {
  const { coordination, office, self, log, renewMs = 500, silenceMs = 2_500, stuckMs = 10_000, standBackMs = 5_000, lead } = options;
  const bucket = await coordination.bucket(leadersBucket);
  const stop = new AbortController();
  let leads: Led | undefined;
  let revision: number | undefined;
  let standsBackUntil = 0;
  let trouble: unknown;

  async function run(): Promise<void> {
    /** The newest sign of life of whoever leads, and when it was first seen. */
    let seen: { readonly revision: number; readonly at: number } | undefined;
    while (!stop.signal.aborted) {
      try {
        if (leads !== undefined && performance.now() - leads.workedAt() > stuckMs)
          await leaveToOthers(new Error(`nothing was done for ${stuckMs} ms`));
        else if (revision !== undefined) await renew(revision);
        else seen = await tryToLead(seen);
      } catch (error) {
        // While NATS does not answer, nobody else can take over either.
        log.warn({ err: error, office }, "NATS does not say who leads: trying again");
      }
      await delay(renewMs, undefined, { signal: stop.signal }).catch(() => undefined);
    }
  }

  async function renew(held: number): Promise<void> {
    try {
      revision = await bucket.put(office, self, { previousSeq: held });
    } catch (error) {
      if (!isWrongRevision(error)) throw error;
      const entry = await bucket.get(office);
      // Our own renewal, whose answer was lost.
      if (entry?.string() === self) revision = entry.revision;
      else await stepDown(error);
    }
  }

  async function tryToLead(seen: { readonly revision: number; readonly at: number } | undefined): Promise<typeof seen> {
    const entry = await bucket.get(office);
    const isFree = entry === null || entry.operation !== "PUT";
    if (!isFree && seen?.revision !== entry.revision) {
      trouble = undefined;
      return { revision: entry.revision, at: performance.now() };
    }
    if (!isFree && seen !== undefined && performance.now() - seen.at < silenceMs) return seen;
    if (performance.now() < standsBackUntil) return seen;
    const taken = await take(bucket, office, self, entry?.revision ?? 0);
    if (taken === undefined) return undefined;
    revision = taken;
    log.info({ office, self }, "this process leads now");
    try {
      leads = await begun();
      trouble = undefined;
    } catch (error) {
      await leaveToOthers(error);
    }
    return undefined;
  }

  /** What begins too late is closed again. */
  async function begun(): Promise<Led> {
    const beginning = lead();
    const led = await inTime(beginning, stuckMs);
    if (led !== undefined) return led;
    beginning.then(ended, (error: unknown) => log.warn({ err: error, office }, "work that did not begin in time has failed"));
    throw new Error(`the work did not begin within ${stuckMs} ms`);
  }

  async function stepDown(reason: unknown): Promise<void> {
    log.warn({ err: reason, office }, "this process no longer leads");
    revision = undefined;
    const former = leads;
    leads = undefined;
    if (former !== undefined) await ended(former);
  }

  /** Work that hangs is not waited for: it does no harm beside that of the next leader. */
  async function ended(work: Led): Promise<void> {
    const closing = work.close().then(
      () => true,
      (error: unknown) => {
        log.warn({ err: error, office }, "the work of a leader could not be closed");
        return true;
      },
    );
    if ((await inTime(closing, closeMs)) === undefined)
      log.warn({ office, closeMs }, "the work of a leader does not end: it is left to itself");
  }

  /** Whoever cannot do the work makes room, at once, for one that perhaps can. */
  async function leaveToOthers(reason: unknown): Promise<void> {
    standsBackUntil = performance.now() + standBackMs;
    trouble = reason;
    const held = revision;
    await stepDown(reason);
    if (held !== undefined) await giveBack(held);
  }

  /** If that is not heard, silence says the same a little later. */
  async function giveBack(held: number): Promise<void> {
    try {
      await bucket.delete(office, { previousSeq: held });
    } catch (error) {
      log.warn({ err: error, office }, "the office could not be given back: it is free after a silence");
    }
  }

  const running = run();
  return {
    isLeader: () => leads !== undefined,
    trouble: () => trouble,
    async close() {
      stop.abort();
      await running;
      if (leads !== undefined) await ended(leads);
      if (revision !== undefined) await giveBack(revision);
    },
  };
}

/** How long the work of a leader may take to end. */
const closeMs = 2_000;

/** The revision of the office, where it could be taken; undefined where another one was quicker. */
async function take(bucket: KV, office: string, self: string, after: number): Promise<number | undefined> {
  try {
    return await bucket.put(office, self, { previousSeq: after });
  } catch (error) {
    if (isWrongRevision(error)) return undefined;
    throw error;
  }
}
