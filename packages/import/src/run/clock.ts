import { setTimeout } from "node:timers/promises";

/** Time as a run needs it; tests give their own. */
export type Clock = {
  /** Milliseconds from any beginning, never going back. */
  readonly nowMs: () => number;
  /** Resolves after so many milliseconds, or as soon as the signal is aborted. Never rejects. */
  readonly pause: (ms: number, signal?: AbortSignal) => Promise<void>;
};

export const systemClock: Clock = {
  nowMs: () => performance.now(),
  pause: async (ms, signal) => {
    try {
      await setTimeout(ms, undefined, signal === undefined ? {} : { signal });
    } catch (error) {
      if (signal?.aborted !== true) throw error;
    }
  },
};
