import { describe, expect, test } from "vitest";
import { median, percentile } from "./stats.ts";

describe("statistics", () => {
  test("the median is the middle value, whatever the order", () => {
    expect(median([9, 1, 5])).toBe(5);
    expect(median([10])).toBe(10);
  });
  test("the median of an even number lies halfway between the two in the middle", () => expect(median([4, 1, 3, 2])).toBe(2.5));
  test("numbers are ordered as numbers, not as text", () => expect(median([100, 9, 20])).toBe(20));
  test("percentiles run from the smallest to the largest, linear in between", () => {
    const values = [10, 20, 30, 40, 50];
    expect([0, 0.25, 0.5, 0.99, 1].map((share) => percentile(values, share))).toEqual([10, 20, 30, 49.6, 50]);
  });
  test("the values are left as they were", () => {
    const values = [3, 1, 2];
    percentile(values, 0.5);
    expect(values).toEqual([3, 1, 2]);
  });
  test("there is no percentile of nothing, nor of a share that is none", () => {
    expect(() => median([])).toThrow(RangeError);
    for (const share of [-0.1, 1.1, Number.NaN]) expect(() => percentile([1], share)).toThrow(RangeError);
  });
});
