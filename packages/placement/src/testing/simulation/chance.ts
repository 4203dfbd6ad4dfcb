/** Random numbers that are the same for the same seed. */
export type Chance = {
  /** From 0 up to, not including, 1. */
  next(): number;
  between(least: number, most: number): number;
  /** True so often, 0 to 1. */
  is(often: number): boolean;
  /** One of them; throws where there is none. */
  of<T>(all: readonly T[]): T;
};

export function createChance(seed: number): Chance {
  let state = seed >>> 0;
  const next = (): number => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
  return {
    next,
    between: (least, most) => least + (most - least) * next(),
    is: (often) => next() < often,
    of: (all) => {
      const one = all[Math.floor(next() * all.length)];
      if (one === undefined) throw new Error("nothing to choose from");
      return one;
    },
  };
}
