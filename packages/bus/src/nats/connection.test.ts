import { expect, test } from "vitest";
import { isOlder } from "./connection.ts";

test.each([
  ["2.12.7", true],
  ["2.9.30", true],
  ["1.99.99", true],
  ["2.12.8", false],
  ["2.12.8-RC.1", false],
  ["2.12.10", false],
  ["2.14.0", false],
  ["2.15.0-dev", false],
  ["3.0.0", false],
  ["unknown", true],
])("%s is older than 2.12.8: %s", (version, older) => {
  expect(isOlder(version, "2.12.8")).toBe(older);
});
