import { setTimeout as delay } from "node:timers/promises";
import type { Log } from "@aethyr/runtime";
import type { KV } from "@nats-io/kv";
import { isWrongRevision } from "@aethyr/nats";
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
  /** Called each time that this process has become the leader; what it gives is closed when it no longer is. */
  readonly lead: () => Promise<{ close(): Promise<void> }>;
};

export type Leading = {
  readonly isLeader: () => boolean;
  /** Steps down, so that another one can take over at once. */
  close(): Promise<void>;
};

/**
 * Sees to it that one of several processes leads. For liveness only: one that was asleep may believe for a moment that it still leads, so
 * what a leader does must be safe when two do it.
 */
export async function runForLeader(options: LeadingOptions): Promise<Leading> {
  const { coordination, office, self, log, renewMs = 500, silenceMs = 2_500, lead } = options;
  const bucket = await coordination.bucket(leadersBucket);
  const stop = new AbortController();
  let leads: { close(): Promise<void> } | undefined;
  let revision: number | undefined;

  async function run(): Promise<void> {
    /** The newest sign of life of whoever leads, and when it was first seen. */
    let seen: { readonly revision: number; readonly at: number } | undefined;
    while (!stop.signal.aborted) {
      try {
        if (revision !== undefined) await renew(revision);
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
    if (!isFree && seen?.revision !== entry.revision) return { revision: entry.revision, at: performance.now() };
    if (!isFree && seen !== undefined && performance.now() - seen.at < silenceMs) return seen;
    const taken = await take(bucket, office, self, entry?.revision ?? 0);
    if (taken === undefined) return undefined;
    revision = taken;
    log.info({ office, self }, "this process leads now");
    try {
      leads = await lead();
    } catch (error) {
      await stepDown(error);
    }
    return undefined;
  }

  async function stepDown(reason: unknown): Promise<void> {
    log.warn({ err: reason, office }, "this process no longer leads");
    revision = undefined;
    const former = leads;
    leads = undefined;
    await former?.close();
  }

  const running = run();
  return {
    isLeader: () => leads !== undefined,
    async close() {
      stop.abort();
      await running;
      await leads?.close();
      // Free at once. If that is not heard, silence says the same a little later.
      if (revision !== undefined) await bucket.delete(office, { previousSeq: revision }).catch(() => undefined);
    },
  };
}

/** The revision of the office, where it could be taken; undefined where another one was quicker. */
async function take(bucket: KV, office: string, self: string, after: number): Promise<number | undefined> {
  try {
    return await bucket.put(office, self, { previousSeq: after });
  } catch (error) {
    if (isWrongRevision(error)) return undefined;
    throw error;
  }
}
