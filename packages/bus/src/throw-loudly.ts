/** For a fault that nobody is there to be told of, as of a follower that ends: one that stopped without a word is worse than a crash. */
export function throwLoudly(error: unknown): void {
  queueMicrotask(() => {
    throw error;
  });
}
