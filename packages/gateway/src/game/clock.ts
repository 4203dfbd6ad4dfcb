/** The only time that the game knows; tests give their own. */
export type Clock = {
  /** Milliseconds since 1970, UTC. */
  now(): number;
  /** Calls back once after so many milliseconds, unless the function that it gives is called before. */
  after(ms: number, then: () => void): () => void;
};

export const systemClock: Clock = {
  now: () => Date.now(),
  after(ms, then) {
    const timer = setTimeout(then, ms);
    timer.unref();
    return () => clearTimeout(timer);
  },
};
