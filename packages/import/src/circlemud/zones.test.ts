import { expect, test } from "vitest";
import { readLines } from "./line-reader.ts";
import { lenientReading, strictReading } from "./reading.ts";
import { failureOf, summary } from "./testing/failures.ts";
import { smallWorld } from "./testing/small-world.ts";
import type { WorldFileError } from "./world-file-error.ts";
import { readZones } from "./zones.ts";

const strict = (text: string) => readZones(readLines("z.zon", text), strictReading);
/** Line 4 is the first reset. */
const zone = (resets: string): string => `#1\nZone~\n0 99 10 1\n${resets}`;

test("a zone has its range, its times and its resets with their lines", () => {
  const source = (line: number) => ({ file: "z.zon", line });
  expect(strict(smallWorld.zon)).toEqual([
    {
      vnum: 1,
      name: "The Mill",
      bottom: 100,
      top: 199,
      lifespanMinutes: 15,
      resetMode: "always",
      resets: [
        { command: "M", ifFlag: false, mob: 100, max: 1, room: 100, source: source(5) },
        { command: "G", ifFlag: true, object: 100, max: 5, source: source(6) },
        { command: "E", ifFlag: true, object: 101, max: 5, slot: "wield", source: source(7) },
        { command: "O", ifFlag: false, object: 102, max: 2, room: 101, source: source(8) },
        { command: "P", ifFlag: true, object: 100, max: 9, container: 102, source: source(9) },
        {
          command: "D",
          ifFlag: false,
          room: 100,
          direction: "north",
          state: "closed",
          source: source(10),
        },
        { command: "R", ifFlag: false, room: 101, object: 103, source: source(11) },
      ],
      source: source(1),
    },
  ]);
});

test("a zone's name needs no ~, its resets may be indented, and it may end with $", () => {
  expect(strict("#1\nBare name\n0 99 10 0\n  * a comment\n  M 0 1 1 1\n$ rest\nrubbish")).toMatchObject([
    { name: "Bare name", resetMode: "never", resets: [{ command: "M" }] },
  ]);
});

test.each([
  [0, "light"],
  [1, "finger-right"],
  [2, "finger-left"],
  [3, "neck-1"],
  [4, "neck-2"],
  [5, "body"],
  [6, "head"],
  [7, "legs"],
  [8, "feet"],
  [9, "hands"],
  [10, "arms"],
  [11, "shield"],
  [12, "about"],
  [13, "waist"],
  [14, "wrist-right"],
  [15, "wrist-left"],
  [16, "wield"],
  [17, "hold"],
])("the wear position %d is the slot %s", (position, slot) => {
  expect(strict(zone(`E 0 1 1 ${position}\nS`))[0]?.resets).toMatchObject([{ slot }]);
});

test.each([
  ["a file that starts with something else", "1\n", "malformed_line z.zon:1"],
  ["an empty file", "", "unexpected_end z.zon:0"],
  ["a zone that ends before it starts", "#1\nZ~\n9 1 1 1\nS", "bad_number z.zon:3"],
  ["the builder line of another dialect", "#1\nBuilder~\nZ~\n0 1 1 1\nS", "malformed_line z.zon:3"],
  ["an unknown reset mode", "#1\nZ~\n0 1 1 3\nS", "unknown_value z.zon:3"],
  ["a file that ends before its S", zone("M 0 1 1 1\n"), "unexpected_end z.zon:0"],
  ["an unknown command", zone("T 0 1 1 1\nS"), "malformed_line z.zon:4"],
  ["a command in lower case", zone("m 0 1 1 1\nS"), "malformed_line z.zon:4"],
  ["a missing number", zone("M 0 1 1\nS"), "malformed_line z.zon:4"],
  ["a comment in place of a number", zone("G 0 1 sword\nS"), "bad_number z.zon:4"],
  ["a wear position outside the list", zone("E 0 1 1 18\nS"), "unknown_value z.zon:4"],
  ["a negative wear position", zone("E 0 1 1 -1\nS"), "unknown_value z.zon:4"],
  ["a direction outside the list", zone("D 0 1 6 0\nS"), "unknown_value z.zon:4"],
  ["a door state outside the list", zone("D 0 1 0 3\nS"), "unknown_value z.zon:4"],
])("%s is a complaint with its line", (_case, text, expected) => {
  expect(failureOf(() => strict(text))).toBe(expected);
});

test("a lenient reading drops a faulty command together with those that hang on it", () => {
  const complaints: WorldFileError[] = [];
  const text = zone("M 0 1 1 1\nM 0 x 1 1\nG 1 5 1\nE 1 6 1 16\nM 0 2 1 1\nG 1 7 1\n");
  expect(readZones(readLines("z.zon", text), lenientReading(complaints))[0]?.resets).toMatchObject([
    { command: "M", mob: 1 },
    { command: "M", mob: 2 },
    { command: "G", object: 7 },
  ]);
  expect(complaints.map(summary)).toEqual(["bad_number z.zon:5", "unexpected_end z.zon:0"]);
});

test("a lenient reading gives no zone for a file that holds none, and a faulty zone as far as it goes", () => {
  expect(readZones(readLines("z.zon", "rubbish"), lenientReading([]))).toEqual([]);
  expect(readZones(readLines("z.zon", "#1\nZ~\n9 1 1 7\nS"), lenientReading([]))).toMatchObject([
    { bottom: 9, top: 1, resetMode: "never" },
  ]);
});
