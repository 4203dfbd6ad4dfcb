import { setTimeout as pause } from "node:timers/promises";

/** Time and chance, so that tests can bring their own. */
export type Surroundings = {
  /** Milliseconds since some moment. */
  readonly now: () => number;
  readonly pause: (ms: number) => Promise<unknown>;
  /** From 0 to below 1. */
  readonly random: () => number;
};

export const realSurroundings: Surroundings = { now: () => performance.now(), pause: (ms) => pause(ms), random: Math.random };

const attempts = 5;
const firstPauseMs = 100;
const longestPauseMs = 5_000;
const jitter = 0.2;

/** Milliseconds to wait after so many failed attempts: doubling, capped, and spread so that those who failed together do not return together. */
export function pauseAfter(failures: number, random: () => number): number {
  const ms = Math.min(firstPauseMs * 2 ** (failures - 1), longestPauseMs);
  return ms * (1 - jitter + random() * jitter * 2);
}

/**
 * Does a piece of work again if it fails in a way that may pass, five times at most and never beyond its time. `work` is told what is left of
 * that. Rejects with the last failure.
 */
export async function retrying<T>(
  work: (leftMs: number) => Promise<T>,
  { withinMs, mayPass }: { readonly withinMs: number; readonly mayPass: (error: unknown) => boolean },
  { now, pause: wait, random }: Surroundings = realSurroundings,
): Promise<T> {
  const until = now() + withinMs;
  for (let failures = 1; ; failures += 1) {
    try {
      return await work(until - now());
    } catch (error) {
      const pauseMs = pauseAfter(failures, random);
      if (failures === attempts || !mayPass(error) || now() + pauseMs >= until) throw error;
      await wait(pauseMs);
    }
  }
}
