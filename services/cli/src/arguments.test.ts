import { expect, test } from "vitest";
import { refArgument, wholeNumber } from "./arguments.ts";

test("type/id names an aggregate", () => {
  expect(refArgument("room/great-hall.2")).toEqual({ type: "room", id: "great-hall.2" });
});

test.each([undefined, "", "room", "room/", "/hall", "room/a/b", "room/.hidden", "room/a b", `room/${"x".repeat(129)}`])(
  "%j names no aggregate",
  (text) => {
    expect(() => refArgument(text)).toThrow(/TYPE\/ID, such as room\/hall/);
  },
);

test("a whole number is read, and nothing else", () => {
  expect([wholeNumber(0)("0"), wholeNumber(1)("15")]).toEqual([0, 15]);
  for (const wrong of ["", "-1", "1.5", "1e3", "x", "0x10", "9".repeat(16)])
    expect(() => wholeNumber(0)(wrong)).toThrow("A whole number from 0 is required.");
  expect(() => wholeNumber(1)("0")).toThrow("A whole number from 1 is required.");
});
