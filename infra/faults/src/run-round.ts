import { mkdir, rm } from "node:fs/promises";
import { unlessAborted } from "@aethyr/async";
import type { Fault, Seen } from "./fault.ts";
import { choicesOf } from "./random.ts";

export type RoundParts = {
  readonly fault: Fault;
  readonly seed: number;
  /** From 1. */
  readonly number: number;
  /** Made for the round, and removed after it. */
  readonly directory: string;
  readonly long: boolean;
  readonly progress: (text: string) => void;
  /** Ends the round: what it started is stopped, and it rejects. */
  readonly signal?: AbortSignal;
};

/** More than the longest round takes on a busy machine. */
const roundLimitMs = 15 * 60_000;

/** Runs one round of a fault, and leaves nothing of it behind, however it ends. Rejects as the fault does. */
export async function runRound({ fault, seed, number, directory, long, progress, signal }: RoundParts): Promise<Seen> {
  const cleanUps: (() => unknown)[] = [];
  const limit = AbortSignal.timeout(roundLimitMs);
  const ended = signal === undefined ? limit : AbortSignal.any([signal, limit]);
  await mkdir(directory, { recursive: true });
  try {
    const round = fault.run({
      choose: choicesOf(seed, fault.name, number),
      directory,
      long,
      progress,
      later: (cleanUp) => cleanUps.push(cleanUp),
    });
    return await unlessAborted(round, ended);
  } finally {
    for (const cleanUp of cleanUps.toReversed()) await cleanUp();
    await rm(directory, { recursive: true, force: true, maxRetries: 10, retryDelay: 100 });
  }
}
