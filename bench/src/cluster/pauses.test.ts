import { expect, test } from "vitest";
import { pausesAfter } from "./pauses.ts";

test("a pause lasts from the moment, or from the last acceptance after it, to the next one", () => {
  const drained = [
    [90, 95],
    [100, 101],
    [121, 321],
    [341, 342],
  ] as const;
  const killed = [
    [98, 104],
    [124, 2_100],
    [2_120, 2_121],
  ] as const;
  expect(pausesAfter([drained, killed], [0, 1], 100)).toEqual([220, 2_000]);
});

test("only the partitions that are asked for count", () => {
  expect(pausesAfter([[[1, 2]], [[1, 9]]], [1], 0)).toEqual([9]);
});
