import { expect, test } from "vitest";
import { backOffMs } from "./back-off.ts";

test("[R18] the pauses double from 100 ms to 5 s, or up to a fifth less by chance", () => {
  expect([1, 2, 3, 7, 100].map((failures) => backOffMs(failures, () => 1))).toEqual([100, 200, 400, 5_000, 5_000]);
  expect([1, 2, 3, 7, 100].map((failures) => backOffMs(failures, () => 0))).toEqual([80, 160, 320, 4_000, 4_000]);
});
