import { expect, test } from "vitest";
import { readLines } from "./line-reader.ts";
import { lenientReading, strictReading } from "./reading.ts";
import { readKeywords, readString } from "./string-reader.ts";
import { failureOf } from "./testing/failures.ts";
import type { WorldFileError } from "./world-file-error.ts";

const { report } = strictReading;

test("content lines skip blank lines and comments and keep their own line numbers", () => {
  const lines = readLines("f", "\n* a comment\n  \none \r\n*\ntwo");
  expect(lines.peek()).toEqual({ text: "one", source: { file: "f", line: 4 } });
  expect(lines.next("a line").source.line).toBe(4);
  expect(lines.next("a line")).toEqual({ text: "two", source: { file: "f", line: 6 } });
  expect(failureOf(() => lines.next("a line"))).toBe("unexpected_end f:6");
});

test("raw lines are every line, without carriage returns", () => {
  const lines = readLines("f", "* kept \r\n\n");
  expect([lines.nextRaw()?.text, lines.nextRaw()?.text, lines.nextRaw()]).toEqual(["* kept ", "", undefined]);
});

test("an empty file has no lines", () => {
  expect(readLines("f", "").peek()).toBeUndefined();
  expect(failureOf(() => readLines("f", "").next("a line"))).toBe("unexpected_end f:0");
});

test.each([
  ["one line~", "one line"],
  ["one line\n~", "one line"],
  ["~", ""],
  ["\n~", ""],
  ["  indented\n\nafter a blank\n~", "  indented\n\nafter a blank"],
  ["first\nsecond~", "first\nsecond"],
  ["* no comment\n#12 no record\n$ no end\nS\n~", "* no comment\n#12 no record\n$ no end\nS"],
  ["windows\r\nlines\r\n~\r\n", "windows\nlines"],
])("the text %j reads as %j", (text, expected) => {
  expect(readString(readLines("f", text), "a text", report)).toBe(expected);
});

test("a text takes its lines and no more", () => {
  const lines = readLines("f", "a\n~\nrest");
  readString(lines, "a text", report);
  expect(lines.next("the rest").text).toBe("rest");
});

test("a text without its ~ is complained of where it began", () => {
  const lines = readLines("f", "x\ntext\nwithout end\n");
  lines.next("x");
  expect(failureOf(() => readString(lines, "a text", report))).toBe("unexpected_end f:2");
});

test("a text of more than 49,152 characters is complained of where it began", () => {
  const text = `${"x".repeat(99)}\n`.repeat(491);
  expect(readString(readLines("f", `${text}~`), "a text", report)).toHaveLength(491 * 100 - 1);
  expect(failureOf(() => readString(readLines("f", `${text}${text}~`), "a text", report))).toBe("text_too_long f:1");
});

test("words after the ~ of a text are a complaint, blanks are not", () => {
  expect(readString(readLines("f", "a~ \t"), "a text", report)).toBe("a");
  expect(failureOf(() => readString(readLines("f", "a~ b"), "a text", report))).toBe("malformed_line f:1");
});

test("a text ends at the first ~ of a line, as in the game", () => {
  const complaints: WorldFileError[] = [];
  expect(readString(readLines("f", "a~ b~\nc"), "a text", lenientReading(complaints).report)).toBe("a");
  expect(complaints.map(({ found }) => found)).toEqual(['" b~"']);
});

test("keywords are split at any white space", () => {
  expect(readKeywords(readLines("f", " door  oak\nold~"), "keywords", report)).toEqual(["door", "oak", "old"]);
  expect(readKeywords(readLines("f", "~"), "keywords", report)).toEqual([]);
});
