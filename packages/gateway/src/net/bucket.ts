/** A store of so many tokens at most that fills up again with time. */
export type Bucket = {
  /** Takes one token; false where there is none. */
  take(): boolean;
  /** Takes so many, on credit if need be, and gives the milliseconds until nothing is owed. */
  spend(tokens: number): number;
  /** Milliseconds until there is a token. */
  waitMs(): number;
};

/** `now` is in milliseconds and never goes back. */
export function createBucket(size: number, perSecond: number, now: () => number): Bucket {
  let tokens = size;
  let filledAt = now();

  const fill = (): void => {
    const at = now();
    tokens = Math.min(size, tokens + ((at - filledAt) / 1_000) * perSecond);
    filledAt = at;
  };
  const msUntil = (wanted: number): number => (tokens >= wanted ? 0 : Math.ceil(((wanted - tokens) / perSecond) * 1_000));

  return {
    take() {
      fill();
      if (tokens < 1) return false;
      tokens -= 1;
      return true;
    },
    spend(spent) {
      fill();
      tokens -= spent;
      return msUntil(0);
    },
    waitMs() {
      fill();
      return msUntil(1);
    },
  };
}
