import { FencedError, type Fence } from "@aethyr/event-store";
import { BoardUnavailableError, LeaseTakenError } from "../errors.ts";
import type { LeaseKeeper } from "./lease-keeper.ts";
import { nextPartitionState, type PartitionEvent } from "../lifecycles/partition-life.ts";
import type { Parts } from "../host/parts.ts";
import { createServing } from "./serving.ts";
import type { Slot } from "./slot.ts";

/** Why a partition was lost, for the log. */
export type Loss = "taken" | "fenced" | "not_renewed" | "closing";

/** Moves partitions along their life. */
export type Transitions = {
  /** Begins to take a partition whose lease is at revision `seen` (0: free). `from`: the host that is silent, where it is one's. */
  take(slot: Slot, seen: number, from: string | undefined): void;
  /** Drains what serves it, then frees the lease. Resolves when that is done, or the partition was lost meanwhile. */
  give(slot: Slot): Promise<void>;
  /** The partition is another's, or may be. */
  lose(slot: Slot, why: Loss): void;
  /** Writes the lease anew, and loses the partition where that shows that it is another's. */
  renew(slot: Slot): void;
};

const holding: ReadonlySet<string> = new Set(["acquiring", "fencing", "active", "draining"]);

export const isHeld = ({ state }: Slot): boolean => holding.has(state);

export function createTransitions(parts: Parts, leases: LeaseKeeper): Transitions {
  const { fences, clock, random, settings, log, counts, own, poke } = parts;
  const serving = createServing(parts);

  const step = (slot: Slot, event: PartitionEvent): void => {
    slot.state = nextPartitionState(slot.state, event);
    poke();
  };

  /** A little more or less, so that hosts do not act in step. */
  const about = (ms: number): number => ms * (0.9 + 0.2 * random());

  /** Runs a task of a slot's turn; what it does after the turn has ended is nobody's. */
  function start(slot: Slot, work: (isOver: () => boolean) => Promise<void>): Promise<void> {
    const turn = slot.turn;
    const task = work(() => slot.turn !== turn).finally(() => {
      if (slot.task === task) slot.task = undefined;
      poke();
    });
    slot.task = task;
    return task;
  }

  /**
   * Shuts out former owners. The order is what makes it safe: the fence is read after the lease was won and raised after it was written once
   * more, so that a host that slept anywhere in between finds its lease, or the fence, no longer as it saw it.
   */
  async function raiseFence(slot: Slot, isOver: () => boolean): Promise<Fence | undefined> {
    for (let attempt = 0; attempt < settings.attempts && !isOver(); attempt += 1) {
      const seen = await fences.read(slot.name);
      if (isOver()) return undefined;
      const renewal = await leases.renew(slot);
      if (isOver()) return undefined;
      if (renewal.is === "taken") throw new LeaseTakenError(slot.name, slot.revision);
      if (renewal.is === "unknown") throw renewal.cause;
      try {
        const fence = await fences.raise(seen);
        counts.fencesRaised += 1;
        return isOver() ? undefined : fence;
      } catch (error) {
        // A former owner that had got this far: ours is the lease, so it is raised over theirs.
        if (!(error instanceof FencedError) || attempt + 1 === settings.attempts) throw error;
        log.info({ partition: slot.partition, seen: seen.epoch }, "the fence was raised by somebody else meanwhile: reading it again");
      }
    }
    return undefined;
  }

  async function taking(slot: Slot, seen: number, from: string | undefined, isOver: () => boolean): Promise<void> {
    try {
      await leases.take(slot, seen);
      if (isOver()) return;
      if (from !== undefined) {
        counts.takeovers += 1;
        log.warn({ partition: slot.partition, from }, "the partition's host is silent: taking it over");
      }
      step(slot, "WON");
      const fence = await raiseFence(slot, isOver);
      if (fence === undefined) return;
      slot.fence = fence;
      const turn = slot.turn;
      slot.renewAt = clock.monotonic() + about(settings.renewMs);
      const server = await serving.begin(slot, fence, () => {
        if (slot.turn === turn) lose(slot, "fenced");
      });
      if (isOver()) {
        await server.abandon();
        return;
      }
      slot.server = server;
      slot.failures = 0;
      slot.misses = 0;
      slot.triedSince = undefined;
      step(slot, "SERVED");
      // So that others see it.
      renew(slot);
    } catch (error) {
      if (isOver()) {
        log.warn({ err: error, partition: slot.partition }, "what was left of a turn that is over failed");
        return;
      }
      await fail(slot, error);
    }
  }

  async function fail(slot: Slot, error: unknown): Promise<void> {
    const wasOurs = slot.state === "fencing";
    // Of a board that is away the others could not be told either.
    const isMiss = wasOurs && !(error instanceof LeaseTakenError || error instanceof BoardUnavailableError);
    slot.misses = isMiss ? slot.misses + 1 : 0;
    if (!isMiss) slot.triedSince = undefined;
    slot.leaving = true;
    slot.turn += 1;
    slot.fence = undefined;
    slot.failures += 1;
    // That somebody else was faster is how it should be.
    if (!(error instanceof LeaseTakenError)) {
      counts.acquisitionFailures += 1;
      log.warn({ err: error, partition: slot.partition, failures: slot.failures }, "the partition could not be taken");
    }
    if (wasOurs && !(error instanceof LeaseTakenError)) await free(slot);
    slot.retryAt = clock.monotonic() + about(Math.min(settings.retryMostMs, settings.retryMs * 2 ** Math.min(slot.failures - 1, 10)));
    slot.leaving = false;
    step(slot, "FAILED");
  }

  /** Takes the lease away if it can; else it runs out. */
  async function free(slot: Slot): Promise<void> {
    try {
      await leases.release(slot);
    } catch (error) {
      log.warn({ err: error, partition: slot.partition }, "the lease could not be given back: it runs out");
    }
  }

  async function giving(slot: Slot, isOver: () => boolean): Promise<void> {
    const { server } = slot;
    if (!(await serving.drain(slot)) && !isOver()) await serving.abandon(slot, server);
    if (isOver()) return;
    slot.fence = undefined;
    slot.server = undefined;
    slot.leaving = true;
    slot.turn += 1;
    await free(slot);
    slot.leaving = false;
    counts.handOvers += 1;
    slot.retryAt = clock.monotonic() + about(settings.retryMs);
    step(slot, "GIVEN");
  }

  function lose(slot: Slot, why: Loss): void {
    if (!isHeld(slot) || slot.leaving) return;
    const { server, task } = slot;
    const hadFence = slot.fence !== undefined;
    step(slot, "LOSE");
    slot.turn += 1;
    slot.fence = undefined;
    slot.server = undefined;
    if (hadFence) counts.lost += 1;
    log.warn({ partition: slot.partition, why }, "the partition is lost");
    own(
      (async () => {
        await serving.abandon(slot, server);
        // What was under way ends before anything begins anew.
        await task;
        if (why !== "taken") await free(slot);
        slot.retryAt = clock.monotonic() + about(settings.retryMs);
        step(slot, "FORGOTTEN");
      })(),
    );
  }

  function renew(slot: Slot): void {
    if (slot.renewing) return;
    slot.renewing = true;
    const turn = slot.turn;
    own(
      (async () => {
        const sent = clock.monotonic();
        const renewal = await leases.renew(slot);
        slot.renewing = false;
        if (slot.turn !== turn) return;
        slot.renewAt = renewal.is === "kept" ? sent + about(settings.renewMs) : clock.monotonic() + settings.retryMs;
        if (renewal.is === "kept" && sent >= (slot.doubtfulSince ?? 0)) slot.doubtfulSince = undefined;
        if (renewal.is === "taken") lose(slot, "taken");
        if (renewal.is === "unknown") {
          counts.renewalFailures += 1;
          log.warn({ err: renewal.cause, partition: slot.partition }, "the lease could not be renewed: trying again until it may run out");
        }
      })(),
    );
  }

  return {
    take(slot, seen, from) {
      step(slot, "CLAIM");
      slot.turn += 1;
      slot.triedSince ??= clock.monotonic();
      slot.doubtfulSince = undefined;
      own(start(slot, (isOver) => taking(slot, seen, from, isOver)));
    },
    give(slot) {
      step(slot, "GIVE");
      // So that others see it.
      renew(slot);
      return start(slot, (isOver) => giving(slot, isOver));
    },
    lose,
    renew,
  };
}
