import { describe, expect, test } from "vitest";
import { figureOf, meetsAim, type Aim, type Round } from "./figure.ts";
import { othersShare } from "./meter.ts";
import { asTable, shown } from "./report.ts";

const parts = { name: "speed", unit: "things/s", floorDoes: "nothing but things", notes: ["on a desk"] };
const round = (value: number, floor: number, others = 0): Round => ({ value, floor, others });

describe("figures", () => {
  test("a figure and its floor are medians over the rounds, and the ratio is of these", () => {
    const figure = figureOf({ ...parts, rounds: [round(10, 100), round(90, 400, 0.5), round(50, 200)] });
    expect(figure).toMatchObject({ value: 50, floor: 200, ratio: 0.25, rounds: [10, 90, 50], floorRounds: [100, 400, 200], others: 0.5 });
  });
  test("without an aim nothing is met or missed", () =>
    expect(figureOf({ ...parts, rounds: [round(1, 1)] })).toMatchObject({ aim: null, met: null }));
  test("a rate is to be at least its aim, a cost at most", () => {
    const met = (aim: Aim) => [99, 100, 101].map((value) => meetsAim({ value, ratio: 1 }, aim));
    expect(met({ atLeast: 100 })).toEqual([false, true, true]);
    expect(met({ atMost: 100 })).toEqual([true, true, false]);
  });
  test("an aim may be about the ratio to the floor, whatever the figure is", () => {
    const met = (aim: Aim) => [0.84, 0.85, 0.86].map((ratio) => meetsAim({ value: 1_000, ratio }, aim));
    expect(met({ ratioAtLeast: 0.85 })).toEqual([false, true, true]);
    expect(met({ ratioAtMost: 0.85 })).toEqual([true, true, false]);
    const figure = figureOf({ ...parts, aim: { ratioAtLeast: 0.85 }, rounds: [round(80, 100)] });
    expect(figure.met).toBe(false);
    expect(asTable([figure]).split("\n")[2]).toMatch(/ratio >= 0\.85 +no/);
  });
  test("without rounds there is no figure", () => expect(() => figureOf({ ...parts, rounds: [] })).toThrow(RangeError));
  test("the table says figure, floor, ratio, aim, whether it is met, and below it what the floor does", () => {
    const met = figureOf({ ...parts, aim: { atLeast: 2_000 }, rounds: [round(2_500, 5_000, 0.25)] });
    const missed = figureOf({ ...parts, name: "cost", aim: { atMost: 1 }, rounds: [round(1.5, 1)] });
    const lines = asTable([met, missed, figureOf({ ...parts, name: "other", rounds: [round(1, 1)] })]).split("\n");
    expect(lines[2]).toMatch(/^speed +2,500 things\/s +5,000 +0\.50 +>= 2,000 +yes +2,500 +25 %$/);
    expect(lines[3]).toMatch(/^cost +1\.5 things\/s +1 +1\.50 +<= 1 +no +1\.5 +0 %$/);
    expect(lines[4]).toMatch(/^other .* - +- +1 +0 %$/);
    expect(lines.slice(5, 9)).toEqual(["", "speed", "  floor: nothing but things", "  on a desk"]);
  });
  test("numbers are shown with the digits that matter", () =>
    expect([0.012345, 2.5678, 42.5, 999.5, 1_234_567, Number.NaN].map(shown)).toEqual([
      "0.0123",
      "2.57",
      "42.5",
      "1,000",
      "1,234,567",
      "NaN",
    ]));
});

describe("the share of others", () => {
  const used = { busyMs: 3_000, cpuUs: 1_000_000, seconds: 2, processors: 2 };
  test("is what the machine did beyond this process, of all that it could have done", () => expect(othersShare(used)).toBe(0.5));
  test("is never below none nor above all", () => {
    expect(othersShare({ ...used, busyMs: 900 })).toBe(0);
    expect(othersShare({ ...used, busyMs: 9_000 })).toBe(1);
    expect(othersShare({ ...used, seconds: 0 })).toBe(0);
  });
});
