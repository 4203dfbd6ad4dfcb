/** Time as a host sees it: for durations only. Tests give their own. */
export type Clock = {
  /** Milliseconds from any beginning, never going back. */
  monotonic(): number;
  /** Calls once, after so many milliseconds. What it gives back cancels that. */
  after(ms: number, run: () => void): () => void;
};

export const systemClock: Clock = {
  monotonic: () => performance.now(),
  after: (ms, run) => {
    const timer = setTimeout(run, ms);
    return () => clearTimeout(timer);
  },
};
