import { expect, test } from "vitest";
import { parsers } from "./database.ts";
import { DatabaseUnavailableError } from "./errors.ts";
import { faultOf, unavailable } from "./fault.ts";
import { createRate } from "./work/rate.ts";

const sqlError = (code: string) => Object.assign(new Error(code), { code, severity: "ERROR" });

test("what an error of the database means", () => {
  for (const code of ["08006", "57P01", "53100", "53300", "40001", "25P03", "55P03", "3D000", "28P01", "58030"])
    expect([code, faultOf(sqlError(code))]).toEqual([code, "unavailable"]);
  for (const code of ["42P01", "3F000"]) expect([code, faultOf(sqlError(code))]).toEqual([code, "gone"]);
  for (const code of ["23505", "22P02", "42703", "22003"]) expect([code, faultOf(sqlError(code))]).toEqual([code, "data"]);
  expect(faultOf(Object.assign(new Error("refused"), { code: "ECONNREFUSED" }))).toBe("unavailable");
  expect(faultOf(new Error("Connection terminated unexpectedly"))).toBe("unavailable");
  expect(faultOf(new DatabaseUnavailableError("down"))).toBe("unavailable");
  expect(unavailable(sqlError("53100"))).toMatchObject({
    code: "database_unavailable",
    message: expect.stringContaining("full") as string,
  });
  for (const other of [
    new Error("a bug"),
    new TypeError("x is not a function"),
    Object.assign(new Error("no"), { code: "unavailable" }),
    "text",
    undefined,
  ])
    expect(faultOf(other)).toBeUndefined();
});

test("a rate is over the last ten seconds", () => {
  let now = 0;
  const rate = createRate(() => now);
  now = 1000;
  rate.add(500);
  expect(rate.perSecond()).toBe(500);
  now = 5000;
  expect(rate.perSecond()).toBe(100);
  now = 12_000;
  expect(rate.perSecond()).toBe(0);
});

test("times are read as events have them, and what is none as it is", () => {
  const read = parsers[1184]!;
  expect(read("2026-01-02 03:04:05.678+00")).toBe("2026-01-02T03:04:05.678Z");
  expect(read("2026-01-02 03:04:05+00")).toBe("2026-01-02T03:04:05.000Z");
  expect(read("infinity")).toBe("infinity");
});
