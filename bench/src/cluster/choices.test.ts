import { expect, test } from "vitest";
import { choosing } from "./choices.ts";

const counts = (next: () => number): ReadonlyMap<number, number> => {
  const found = new Map<number, number>();
  for (let draw = 0; draw < 20_000; draw += 1) {
    const chosen = next();
    found.set(chosen, (found.get(chosen) ?? 0) + 1);
  }
  return found;
};

test("Zipf asks the first thing about twice as often as the second and ten times as often as the tenth, and never one that is not there", () => {
  const found = counts(choosing("zipf", 100));
  const first = found.get(0) ?? 0;
  expect(first / (found.get(1) ?? 0)).toBeCloseTo(2, 0);
  expect(first / (found.get(9) ?? 0)).toBeGreaterThan(8);
  expect([...found.keys()].every((thing) => thing >= 0 && thing < 100)).toBe(true);
});

test("uniform asks all of them about as often, and hot only one", () => {
  const found = counts(choosing("uniform", 10));
  expect(Math.min(...found.values())).toBeGreaterThan(1_800);
  expect([...counts(choosing("hot", 10)).keys()]).toEqual([0]);
});
