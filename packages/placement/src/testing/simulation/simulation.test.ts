import { expect, test } from "vitest";
import { simulate } from "./simulation.ts";

const seeds = 300;
const each = (from: number): readonly number[] => Array.from({ length: seeds / 3 }, (_, index) => from + index);

for (const from of [1, 1 + seeds / 3, 1 + (2 * seeds) / 3]) {
  test(
    `[P4] [P8] [P9] [P12] [G6] whatever machines, lines and clocks do, nobody commits for another, and all ends in order: seeds from ${from}`,
    { timeout: 300_000 },
    async () => {
      let [refused, takeovers, handOvers, stalls] = [0, 0, 0, 0];
      for (const seed of each(from)) {
        const result = await simulate(seed);
        expect(result.wrong).toEqual([]);
        expect(result.commits).toBeGreaterThan(0);
        refused += result.refused;
        takeovers += result.takeovers;
        handOvers += result.handOvers;
        stalls += result.stalls;
      }
      // It was trouble indeed.
      expect(Math.min(refused, takeovers, handOvers, stalls)).toBeGreaterThan(100);
    },
  );
}
