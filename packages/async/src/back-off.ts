const firstMs = 100;
const longestMs = 5_000;

/** Milliseconds before the next attempt: 100, doubled with each failure in a row, 5 s at most; up to a fifth less by chance (`random`: 0–1). */
export const backOffMs = (failures: number, random: () => number): number =>
  Math.min(longestMs, firstMs * 2 ** (Math.min(failures, 10) - 1)) * (0.8 + 0.2 * random());
