import type { Parts } from "../host/parts.ts";
import type { Slot } from "./slot.ts";

/** Whether a host has tried in vain for long enough; one that was passed over before has had its chance. */
function hasFailed({ misses, triedSince, passes }: Slot, now: number, { passTries, passWithinMs }: Parts["settings"]): boolean {
  if (misses === 0) return false;
  return misses >= (passes > 0 ? 1 : passTries) || (triedSince !== undefined && now - triedSince >= passWithinMs);
}

/**
 * Partitions that this host should have and cannot take: it says so, that another one takes them, and asks for them again after a while, when it
 * can read their fence in the log. The pauses grow, so that a partition is not carried to and fro.
 */
export function createPassingOver({ fences, clock, random, settings, log, own }: Parts, slots: readonly Slot[], announce: () => void) {
  const about = (ms: number): number => ms * (0.9 + 0.2 * random());

  function pass(slot: Slot, now: number): void {
    const forMs = about(Math.min(settings.passMostMs, settings.passMs * 2 ** Math.min(slot.passes, 10)));
    log.warn({ partition: slot.partition, ms: Math.round(forMs) }, "the partition cannot be taken here: another host is asked to");
    slot.passes += 1;
    slot.misses = 0;
    slot.triedSince = undefined;
    slot.passUntil = now + forMs;
    announce();
  }

  async function askAgain(slot: Slot): Promise<void> {
    try {
      await fences.read(slot.name);
    } catch (error) {
      log.warn({ err: error, partition: slot.partition }, "the log cannot be read: the partition is left to others for longer");
      slot.passUntil = clock.monotonic() + about(settings.passMs);
      return;
    }
    slot.passUntil = undefined;
    announce();
  }

  function served(slot: Slot): void {
    slot.passes = 0;
    if (slot.passUntil === undefined) return;
    slot.passUntil = undefined;
    announce();
  }

  return {
    look(now: number): void {
      for (const slot of slots) {
        if (slot.state === "active") served(slot);
        else if (slot.passUntil === undefined) {
          if (hasFailed(slot, now, settings)) pass(slot, now);
        } else if (now >= slot.passUntil) {
          slot.passUntil = Infinity;
          own(askAgain(slot));
        }
      }
    },
    /** The partitions, for the announcement. */
    partitions: (): readonly number[] => slots.flatMap(({ partition, passUntil }) => (passUntil === undefined ? [] : [partition])),
  };
}
