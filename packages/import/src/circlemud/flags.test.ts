import { expect, test } from "vitest";
import { named, readFlags } from "./flags.ts";
import { lenientReading, strictReading } from "./reading.ts";
import { failureOf, summary } from "./testing/failures.ts";
import { quote, type WorldFileError } from "./world-file-error.ts";

const source = { file: "f", line: 7 };
const bitNames = Array.from({ length: 32 }, (_, bit) => `bit-${bit}`);
const read = (word: string, names: readonly string[] = bitNames): readonly string[] =>
  readFlags(word, names, "flags", source, strictReading.report);

test.each([
  ["0", []],
  ["a", [0]],
  ["acz", [0, 2, 25]],
  ["AF", [26, 31]],
  ["caac", [0, 2]],
  ["13", [0, 2, 3]],
  ["2147483648", [31]],
  ["-2147483648", [31]],
  ["-1", Array.from({ length: 32 }, (_, bit) => bit)],
])("the flag word %s sets the bits %j", (word, bits) => {
  expect(read(word)).toEqual(bits.map((bit) => `bit-${bit}`));
});

test.each(["G", "a1", "a,b", "-", "4294967296", "-2147483649", "99999999999999999999"])("%j is no flag word", (word) => {
  expect(failureOf(() => read(word))).toBe("unknown_flag f:7");
});

test("a bit without a name is complained of, and left out by a lenient reading", () => {
  expect(failureOf(() => read("c", ["one", "two"]))).toBe("unknown_flag f:7");
  const complaints: WorldFileError[] = [];
  const { report } = lenientReading(complaints);
  expect(readFlags("bc", ["one", "two"], "flags", source, report)).toEqual(["two"]);
  expect(readFlags("?", ["one", "two"], "flags", source, report)).toEqual([]);
  expect(complaints.map(summary)).toEqual(["unknown_flag f:7", "unknown_flag f:7"]);
});

test.each([-1, 2, 0.5])("the value %d is outside a list of two", (value) => {
  const field = { what: "a value", source, fallback: "two" } as const;
  expect(failureOf(() => named(value, ["one", "two"], field, strictReading.report))).toBe("unknown_value f:7");
  expect(named(value, ["one", "two"], field, lenientReading([]).report)).toBe("two");
});

test("file text in a message is cut and its control characters escaped", () => {
  expect(quote("a\u0007")).toBe(String.raw`"a\u0007"`);
  expect(quote("x".repeat(100))).toHaveLength(63);
});
