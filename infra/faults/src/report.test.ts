import { describe, expect, test } from "vitest";
import { asTable, summariesOf, type RoundResult } from "./report.ts";

const round = (fault: string, number: number, more: Partial<RoundResult> = {}): RoundResult => ({
  fault,
  round: number,
  seed: 1,
  seconds: 1.5,
  counts: { events: 10 * number, "longest recovery ms": 10 - number },
  ...more,
});

describe("the report", () => {
  test("adds up what was counted, and keeps the longest of what is the longest", () =>
    expect(summariesOf([round("fire", 1), round("fire", 2), round("flood", 1)])).toEqual([
      { fault: "fire", rounds: 2, failed: 0, skipped: 0, seconds: 3, counts: { events: 30, "longest recovery ms": 9 } },
      { fault: "flood", rounds: 1, failed: 0, skipped: 0, seconds: 1.5, counts: { events: 10, "longest recovery ms": 9 } },
    ]));
  test("says what held, what broke and in which round, and what was not tested", () => {
    const text = asTable([
      round("fire", 1),
      round("flood", 1, { failure: "an event is lost", counts: {} }),
      round("flood", 2),
      round("frost", 1, { skipped: "there is no ice", counts: {} }),
    ]);
    expect(text).toMatch(/^fire +1 +yes +1\.5 +10 events, 9 longest/m);
    expect(text).toMatch(/^flood +2 +1 BROKEN/m);
    expect(text).toMatch(/^frost +1 +NOT TESTED/m);
    expect(text).toContain("flood, round 1: an event is lost");
    expect(text).toContain("frost, round 1, NOT TESTED: there is no ice");
  });
});
