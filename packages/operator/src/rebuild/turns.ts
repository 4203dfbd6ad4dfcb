import { setImmediate } from "node:timers/promises";

/** After so long others have a turn. */
const sliceMs = 2;

/** Lets everybody else in the process have a turn now and then, however much there is to do, and looks whether it is to go on. */
export type Turns = {
  /** Whether it is time for `next`. */
  isOver(): boolean;
  /** Rejects with the signal's reason. */
  next(): Promise<void>;
};

export function createTurns(signal: AbortSignal): Turns {
  let sinceMs = performance.now();
  return {
    isOver: () => performance.now() - sinceMs >= sliceMs,
    async next() {
      await setImmediate();
      signal.throwIfAborted();
      sinceMs = performance.now();
    },
  };
}
