import { expect, test } from "vitest";
import { readLines } from "./line-reader.ts";
import { readMobs } from "./mobs.ts";
import { lenientReading, strictReading } from "./reading.ts";
import { failureOf, summary } from "./testing/failures.ts";
import { smallWorld } from "./testing/small-world.ts";
import type { WorldFileError } from "./world-file-error.ts";

const strict = (text: string) => readMobs(readLines("m.mob", text), strictReading);
/** Lines 2 to 5 are the texts, 6 to 9 the numbers, 10 starts the abilities. */
const mob = (traits: string, rest = "1 20 9 1d4+0 1d2+0\n0 5\n8 8 1"): string =>
  `#1\ncat~\nthe cat~\nA cat.~\nIt purrs.~\n${traits}\n${rest}\n`;

test("a simple mob has its texts, flags and numbers", () => {
  expect(strict(smallWorld.mob)[0]).toEqual({
    vnum: 100,
    keywords: ["miller", "man"],
    shortDescription: "the miller",
    longDescription: "The miller grinds his teeth.",
    description: "He is white all over.",
    flags: ["spec", "sentinel"],
    affects: [],
    alignment: 0,
    format: "simple",
    level: 3,
    thac0: 18,
    armorClass: 5,
    hitPoints: { count: 2, sides: 8, bonus: 10 },
    damage: { count: 1, sides: 4, bonus: 1 },
    gold: 20,
    experience: 100,
    loadPosition: "standing",
    defaultPosition: "standing",
    sex: "male",
    abilities: {},
    source: { file: "m.mob", line: 1 },
  });
});

test("an enhanced mob states abilities of its own", () => {
  expect(strict(smallWorld.mob)[1]).toMatchObject({
    vnum: 101,
    format: "enhanced",
    flags: ["sentinel", "stay-zone"],
    affects: ["detect-invisible"],
    alignment: 350,
    loadPosition: "sleeping",
    sex: "female",
    abilities: { Dex: 18, BareHandAttack: 8 },
  });
});

test("names of abilities and the letter of the format may be in any case", () => {
  expect(strict(`${mob("0 0 0 e")}STRADD:  7\nE\n$`)[0]).toMatchObject({
    format: "enhanced",
    abilities: { StrAdd: 7 },
  });
});

test.each([
  ["a format other than S and E", `${mob("0 0 0 X")}$`, "unknown_value m.mob:6"],
  ["a missing format", `${mob("0 0 0")}$`, "malformed_line m.mob:6"],
  ["the line of another dialect", `${mob("0 0 0 0 0 0 0 0 0 S")}$`, "malformed_line m.mob:6"],
  ["an alignment that is no number", `${mob("0 0 good S")}$`, "bad_number m.mob:6"],
  ["a flag without a name", `${mob("z 0 0 S")}$`, "unknown_flag m.mob:6"],
  ["an affect without a name", `${mob("0 z 0 S")}$`, "unknown_flag m.mob:6"],
  ["dice that are none", `${mob("0 0 0 S", "1 20 9 four 1d2+0\n0 5\n8 8 1")}$`, "bad_number m.mob:7"],
  ["a position outside the list", `${mob("0 0 0 S", "1 20 9 1d4+0 1d2+0\n0 5\n9 8 1")}$`, "unknown_value m.mob:9"],
  ["a sex outside the list", `${mob("0 0 0 S", "1 20 9 1d4+0 1d2+0\n0 5\n8 8 3")}$`, "unknown_value m.mob:9"],
  ["an enhanced mob without its E", `${mob("0 0 0 E")}Str: 5\n$`, "malformed_line m.mob:11"],
  ["an enhanced mob that the file cuts off", `${mob("0 0 0 E")}Str: 5\n`, "unexpected_end m.mob:10"],
  ["an ability without a value", `${mob("0 0 0 E")}Str\nE\n$`, "malformed_line m.mob:10"],
  ["an unknown ability", `${mob("0 0 0 E")}Luck: 5\nE\n$`, "unknown_value m.mob:10"],
  ["an ability that is no number", `${mob("0 0 0 E")}Str: high\nE\n$`, "bad_number m.mob:10"],
])("%s is a complaint with its line", (_case, text, expected) => {
  expect(failureOf(() => strict(text))).toBe(expected);
});

test("a lenient reading keeps a mob whose numbers and abilities have faults", () => {
  const complaints: WorldFileError[] = [];
  const text = `${mob("z 0 0 E", "1 20 9 1d4+0 1d2+0\n0 5\n9 8 3")}Luck: 5\nrubbish\nInt: 7\n$`;
  expect(readMobs(readLines("m.mob", text), lenientReading(complaints))).toMatchObject([
    { flags: [], loadPosition: "standing", sex: "neutral", abilities: { Int: 7 } },
  ]);
  expect(complaints.map(summary).toSorted()).toEqual([
    "malformed_line m.mob:11",
    "malformed_line m.mob:13",
    "unknown_flag m.mob:6",
    "unknown_value m.mob:10",
    "unknown_value m.mob:9",
    "unknown_value m.mob:9",
  ]);
});
