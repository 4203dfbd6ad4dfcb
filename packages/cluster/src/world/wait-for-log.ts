import { setTimeout as pause } from "node:timers/promises";
import type { Log } from "@aethyr/runtime";

type Options = {
  /** How long the log is looked for, in milliseconds. */
  readonly withinMs: number;
  readonly log: Log;
  /** Ends the waiting. */
  readonly signal: AbortSignal;
  /** Between two attempts. Default 500. */
  readonly pauseMs?: number;
};

/**
 * Opens the log of a world that is only just starting, or is slow to answer: each attempt fails within seconds, and a process that ended with the first
 * would have to be started again by somebody. What does not pass by itself, such as a wrong password, rejects at once; so does the last attempt.
 */
export async function waitForLog<T>(open: () => Promise<T>, { withinMs, log, signal, pauseMs = 500 }: Options): Promise<T> {
  const until = performance.now() + withinMs;
  for (let attempts = 1; ; attempts += 1) {
    try {
      return await open();
    } catch (error) {
      if (!isUnreachable(error) || performance.now() + pauseMs >= until) throw error;
      signal.throwIfAborted();
      // Once: what is wrong then is said by the error that ends the process, or is over.
      if (attempts === 1) log.warn({ err: error, withinMs }, "ImmuDB gives no answer yet: trying again");
      await pause(pauseMs, undefined, { signal });
    }
  }
}

const isUnreachable = (error: unknown): boolean => error instanceof Error && "code" in error && error.code === "immudb_unreachable";
