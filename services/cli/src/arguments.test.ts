import { expect, test } from "vitest";
import { moment, momentText, refArgument, time, wholeNumber } from "./arguments.ts";

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

test.each([
  ["2026-11-21", "2026-11-21T00:00:00.000Z"],
  ["2026-11-21T16:30", "2026-11-21T16:30:00.000Z"],
  ["2026-11-21T16:30:05.5Z", "2026-11-21T16:30:05.500Z"],
  ["2026-11-21T16:30:00+01:00", "2026-11-21T15:30:00.000Z"],
  ["-90s", "2026-01-01T11:58:30.000Z"],
  ["-10m", "2026-01-01T11:50:00.000Z"],
  ["-2h", "2026-01-01T10:00:00.000Z"],
  ["-3d", "2025-12-29T12:00:00.000Z"],
])("the time %j is %s", (text, utc) => {
  expect(time(text, Date.UTC(2026, 0, 1, 12))).toBe(utc);
});

test.each(["", "now", "10m", "-10", "-1y", "2026-13-01", "2026-11-21T25:00", "21.11.2026", "1e3"])("%j is no time", (text) => {
  expect(() => time(text)).toThrow("A time is required, such as");
});

test("a moment is a version or a time", () => {
  expect([moment(0)("0"), moment(1)("12"), moment(1)("2026-11-21")]).toEqual([0, 12, "2026-11-21T00:00:00.000Z"]);
  expect(() => moment(1)("0")).toThrow("A whole number from 1");
  expect([momentText(3), momentText("2026-11-21T00:00:00.000Z")]).toEqual(["version 3", "2026-11-21T00:00:00.000Z"]);
});
