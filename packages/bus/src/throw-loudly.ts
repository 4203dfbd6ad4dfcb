import type { BusError } from "./errors.ts";

/** For who did not say what to do when a follower ends: one that stopped without a word is worse than a crash. */
export function throwLoudly(error: BusError): void {
  queueMicrotask(() => {
    throw error;
  });
}
