import type { Clock } from "../clock.ts";

/** A clock that only moves when it is told to. */
export type VirtualClock = Clock & {
  /** Moves it on by so many milliseconds, with everything that is due on the way, and what follows from that. */
  advance(ms: number): Promise<void>;
  /** Moves it on, and nothing runs meanwhile: as for a process that stands still. What was due is due then. */
  skip(ms: number): void;
};

type Due = { readonly at: number; readonly order: number; readonly run: () => void };

/** What follows from a timer, in promises, is done before the next one. */
const settle = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

export function createVirtualClock(): VirtualClock {
  let now = 0;
  let order = 0;
  const timers = new Set<Due>();

  const nextUntil = (end: number): Due | undefined => {
    let next: Due | undefined;
    for (const due of timers) {
      if (due.at > end) continue;
      if (next === undefined || due.at < next.at || (due.at === next.at && due.order < next.order)) next = due;
    }
    return next;
  };

  return {
    monotonic: () => now,
    after(ms, run) {
      order += 1;
      const due: Due = { at: now + Math.max(0, ms), order, run };
      timers.add(due);
      return () => void timers.delete(due);
    },
    skip(ms) {
      now += ms;
    },
    async advance(ms) {
      const end = now + ms;
      await settle();
      for (let due = nextUntil(end); due !== undefined; due = nextUntil(end)) {
        timers.delete(due);
        now = Math.max(now, due.at);
        due.run();
        await settle();
      }
      now = end;
    },
  };
}
