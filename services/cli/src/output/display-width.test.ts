import { expect, test } from "vitest";
import { cut, displayWidth } from "./display-width.ts";

test.each([
  ["", 0],
  ["hall", 4],
  ["Žižkov", 6],
  ["e\u0301tage", 5],
  ["大広間", 6],
  ["ｗｉｄｅ", 8],
  ["🗡 and 🛡️", 8],
  ["🐉", 2],
  ["👩‍👩‍👧", 2],
  ["a\u200Bb", 2],
])("%j takes %i columns", (text, columns) => {
  expect(displayWidth(text)).toBe(columns);
});

test("a text that fits is not cut, a longer one ends in an ellipsis and fits", () => {
  expect(cut("hall", 4)).toBe("hall");
  expect(cut("great hall", 6)).toBe("great…");
  expect(cut("大広間", 4)).toBe("大…");
});

test("whatever is cut fits, and nothing is cut that fits", () => {
  const text = "The 大広間 of Žižkov 🐉, e\u0301tage 2 👩‍👩‍👧 ｗｉｄｅ";
  for (let columns = 1; columns <= displayWidth(text) + 1; columns += 1) {
    const kept = cut(text, columns);
    expect(displayWidth(kept)).toBeLessThanOrEqual(columns);
    expect(kept === text).toBe(displayWidth(text) <= columns);
  }
});
