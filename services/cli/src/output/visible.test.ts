import { expect, test } from "vitest";
import { escaped, visible } from "./visible.ts";

test.each([
  ["plain words – und Ümlaute 大 🐉", "plain words – und Ümlaute 大 🐉"],
  ["two\nlines\r\n\tand a tab", "two\\nlines\\r\\n\\tand a tab"],
  ["\u001B[2Jgone", "\\u001b[2Jgone"],
  ["\u009B31mred", "\\u009b31mred"],
  ["\u202Eesrever", "\\u202eesrever"],
  ["bell\u0007 and delete\u007F", "bell\\u0007 and delete\\u007f"],
])("%j shows nothing that a terminal obeys", (text, shown) => {
  expect(visible(text)).toBe(shown);
});

test("JSON says the same with the controls of terminals escaped, and keeps its lines", () => {
  const value = { name: "a\u009b31m\u202e\u200bb\nc", list: [1] };
  for (const indent of [undefined, 2]) {
    const text = escaped(JSON.stringify(value, undefined, indent));
    expect(JSON.parse(text)).toEqual(value);
    expect(text).not.toMatch(/[\u0080-\u009f\u202e\u200b]/);
  }
  expect(escaped(JSON.stringify(value, undefined, 2)).split("\n").length).toBeGreaterThan(3);
});
