import type { Parts } from "../host/parts.ts";
import type { Slot } from "./slot.ts";
import type { Transitions } from "./transitions.ts";

/** Partitions that are given away, or were, until somebody has taken them or they do not count as under way any more. */
export type HandOvers = {
  underWay(now: number): number;
  give(slot: Slot): void;
  /** Somebody has its lease. */
  arrived(partition: string): void;
};

export function createHandOvers({ clock, settings, own }: Parts, transitions: Pick<Transitions, "give">): HandOvers {
  /** By name of the partition, until when. */
  const until = new Map<string, number>();
  return {
    underWay(now) {
      for (const [partition, end] of until) if (now >= end) until.delete(partition);
      return until.size;
    },
    give(slot) {
      until.set(slot.name, Infinity);
      own(
        transitions.give(slot).then(() => {
          if (until.has(slot.name)) until.set(slot.name, clock.monotonic() + settings.arrivalMs);
        }),
      );
    },
    arrived: (partition) => void until.delete(partition),
  };
}
