/** A position that only grows, and those who wait for it. */
export function createWaiting() {
  let position = 0;
  const waiters = new Map<() => void, number>();
  return {
    reached: () => position,
    reach(next: number): void {
      position = next;
      for (const [resolve, wanted] of waiters) {
        if (wanted > position) continue;
        waiters.delete(resolve);
        resolve();
      }
    },
    until(wanted: number, signal: AbortSignal): Promise<void> {
      if (wanted <= position) return Promise.resolve();
      return new Promise((resolve, reject) => {
        const stop = () => {
          waiters.delete(done);
          reject(signal.reason as Error);
        };
        const done = () => {
          signal.removeEventListener("abort", stop);
          resolve();
        };
        if (signal.aborted) return stop();
        signal.addEventListener("abort", stop, { once: true });
        waiters.set(done, wanted);
      });
    },
  };
}
