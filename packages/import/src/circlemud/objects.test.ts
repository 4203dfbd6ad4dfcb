import { expect, test } from "vitest";
import { readLines } from "./line-reader.ts";
import { readObjects } from "./objects.ts";
import { lenientReading, strictReading } from "./reading.ts";
import { failureOf, summary } from "./testing/failures.ts";
import { smallWorld } from "./testing/small-world.ts";
import type { WorldFileError } from "./world-file-error.ts";

const strict = (text: string) => readObjects(readLines("o.obj", text), strictReading);
/** Lines 2 to 5 are the texts, 6 to 8 the numbers, 9 starts the sections. */
const object = (sections: string, nature = "13 0 a", values = "0 0 0 0", burden = "1 2 3"): string =>
  `#1\nrag~\na rag~\nA rag lies here.~\n~\n${nature}\n${values}\n${burden}\n${sections}`;

test("an object has its texts, type, flags, values, affects and extra descriptions", () => {
  expect(strict(smallWorld.obj)[1]).toEqual({
    vnum: 101,
    keywords: ["flail"],
    shortDescription: "a flail",
    longDescription: "A flail lies here.",
    actionDescription: "",
    type: "weapon",
    extraFlags: ["glow", "magic"],
    wearFlags: ["take", "wield"],
    values: [0, 1, 6, 7],
    weight: 8,
    cost: 20,
    rent: 5,
    extraDescriptions: [{ keywords: ["handle"], text: "Worn smooth.", source: { file: "o.obj", line: 19 } }],
    affects: [{ apply: "hitroll", modifier: 1, source: { file: "o.obj", line: 18 } }],
    source: { file: "o.obj", line: 9 },
  });
});

test("an object ends where the next one starts or at the $", () => {
  expect(strict(smallWorld.obj).map(({ vnum, type }) => [vnum, type])).toEqual([
    [100, "food"],
    [101, "weapon"],
    [102, "container"],
    [103, "key"],
  ]);
});

test.each([
  ["an item type outside the list", object("$", "24 0 0"), "unknown_value o.obj:6"],
  ["an item type that is no number", object("$", "sword 0 0"), "bad_number o.obj:6"],
  ["an extra flag without a name", object("$", "1 r 0"), "unknown_flag o.obj:6"],
  ["a wear flag without a name", object("$", "1 0 p"), "unknown_flag o.obj:6"],
  ["a line of another dialect", object("$", "1 0 0 0 0 0 0 0 0 0 0 0 0"), "malformed_line o.obj:6"],
  ["too few values", object("$", "1 0 0", "1 2 3"), "malformed_line o.obj:7"],
  ["the level of another dialect", object("$", "1 0 0", "0 0 0 0", "1 2 3 4"), "malformed_line o.obj:8"],
  ["an unknown section", object("Q\n$"), "malformed_line o.obj:9"],
  ["an affect outside the list", object("A\n25 1\n$"), "unknown_value o.obj:10"],
  ["an affect of one number", object("A\n5\n$"), "malformed_line o.obj:10"],
  ["an affect that the file cuts off", object("A\n"), "unexpected_end o.obj:9"],
  ["a file without its $", object(""), "unexpected_end o.obj:0"],
])("%s is a complaint with its line", (_case, text, expected) => {
  expect(failureOf(() => strict(text))).toBe(expected);
});

test("a lenient reading keeps an object without its faulty parts", () => {
  const complaints: WorldFileError[] = [];
  const text = object("A\nx 1\nkeywords\n~\nA\n1 2\nE\nk~\nt~\nE\ncut off", "24 r 0");
  expect(readObjects(readLines("o.obj", text), lenientReading(complaints))).toMatchObject([
    {
      type: "other",
      extraFlags: [],
      affects: [{ apply: "strength", modifier: 2 }],
      extraDescriptions: [{ text: "t" }],
    },
  ]);
  expect(complaints.map(summary)).toEqual([
    "unknown_value o.obj:6",
    "unknown_flag o.obj:6",
    "bad_number o.obj:10",
    "malformed_line o.obj:11",
    "unexpected_end o.obj:19",
    "unexpected_end o.obj:0",
  ]);
});
