import { expect, test } from "vitest";
import { decimal, dice, fields, integer, integers } from "./numbers.ts";
import { failureOf } from "./testing/failures.ts";

const source = { file: "f", line: 3 };

test("a line is split into exactly the named fields", () => {
  expect(fields({ text: "  a \t b", source }, ["one", "two"])).toEqual({ one: "a", two: "b" });
  expect(failureOf(() => fields({ text: "a", source }, ["one", "two"]))).toBe("malformed_line f:3");
  expect(failureOf(() => fields({ text: "a b c", source }, ["one", "two"]))).toBe("malformed_line f:3");
  expect(integers({ text: "-1 +2", source }, ["one", "two"])).toEqual({ one: -1, two: 2 });
});

test.each(["", "x", "1.5", "1e3", "0x10", "12x", "2147483648", "-2147483648", "99999999999999999999999"])(
  "%j is no whole number of 32 bits",
  (word) => {
    expect(failureOf(() => integer(word, "n", source))).toBe("bad_number f:3");
  },
);

test.each([
  ["1", 1],
  [".5", 0.5],
  ["-1.25", -1.25],
])("%s is a decimal number", (word, value) => {
  expect(decimal(word, "n", source)).toBe(value);
});

test.each(["", ".", "1.", "1,5", "NaN", "1e3"])("%j is no decimal number", (word) => {
  expect(failureOf(() => decimal(word, "n", source))).toBe("bad_number f:3");
});

test("dice are a count, sides and a bonus that may be negative", () => {
  expect(dice("2d8+18", "n", source)).toEqual({ count: 2, sides: 8, bonus: 18 });
  expect(dice("1D4-1", "n", source)).toEqual({ count: 1, sides: 4, bonus: -1 });
  for (const word of ["2d8", "d8+1", "2d8+", "2d8+1x", "2+8d1"]) {
    expect(failureOf(() => dice(word, "n", source))).toBe("bad_number f:3");
  }
});
