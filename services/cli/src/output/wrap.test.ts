import { expect, test } from "vitest";
import { displayWidth } from "./display-width.ts";
import { visible } from "./visible.ts";
import { wrapped } from "./wrap.ts";

test.each([
  ["", 10, [""]],
  ["short", 10, ["short"]],
  ["one two three four", 9, ["one two", "three", "four"]],
  ["one\ntwo\r\nthree\rfour\n", 9, ["one", "two", "three", "four"]],
  ["  indented text\n\nafter", 10, ["  indented", "text", "", "after"]],
  ["averylongword and", 5, ["avery", "longw", "ord", "and"]],
  ["大大大 大", 4, ["大大", "大", "大"]],
  ["\u001B[2J", 80, ["\\u001b[2J"]],
])("%j in %i columns", (text, columns, lines) => {
  expect(wrapped(text, columns)).toEqual(lines);
});

const longText = "You are by  the temple altar.\n\t大きな祭壇 ist ein\u001B[2J außergewöhnlichsterOrt 🐉🐉🐉.\r\n   And\u202E a tail";

test.each(Array.from({ length: 40 }, (_, index) => index + 2))(
  "in %i columns no line is too long, none holds what a terminal obeys, and no letter is lost",
  (columns) => {
    const lines = wrapped(longText, columns);
    for (const line of lines) {
      expect(displayWidth(line)).toBeLessThanOrEqual(columns);
      expect(visible(line)).toBe(line);
    }
    const letters = (all: string): string => all.replaceAll(/\s/g, "");
    expect(letters(lines.join(""))).toBe(letters(visible(longText.replaceAll(/[\r\n]/g, ""))));
  },
);
