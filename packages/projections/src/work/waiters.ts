/** Those who wait for a projection to pass a position. */
export type Waiters = {
  /** A copy of a projection has passed a position here. */
  passed(projection: string, position: number): void;
  /** Waits for the next time that a copy passes the position here, a time at most: it may pass elsewhere. Ends with the signal. */
  waitFor(projection: string, position: number, longestMs: number, signal: AbortSignal): Waiter;
};

/** `over` resolves when it is time to look. `end` must be called. */
export type Waiter = { readonly over: Promise<void>; readonly end: () => void };

export function createWaiters(): Waiters {
  const waiting = new Set<{ readonly projection: string; readonly position: number; readonly wake: () => void }>();
  return {
    passed(projection, position) {
      for (const each of waiting) if (each.projection === projection && each.position <= position) each.wake();
    },
    waitFor(projection, position, longestMs, signal) {
      const { promise: over, resolve: wake } = Promise.withResolvers<void>();
      const waiter = { projection, position, wake };
      const stop = (): void => wake();
      const timer = setTimeout(wake, longestMs);
      waiting.add(waiter);
      signal.addEventListener("abort", stop);
      return {
        over,
        end() {
          signal.removeEventListener("abort", stop);
          waiting.delete(waiter);
          clearTimeout(timer);
        },
      };
    },
  };
}
