import { expect, test } from "vitest";
import { isOlder } from "./connection.ts";

test.each([
  ["2.10.26", true],
  ["2.9.30", true],
  ["1.99.99", true],
  ["2.10.27", false],
  ["2.10.27-RC.1", false],
  ["2.10.100", false],
  ["2.11.0", false],
  ["2.15.0-dev", false],
  ["3.0.0", false],
  ["unknown", true],
])("%s is older than 2.10.27: %s", (version, older) => {
  expect(isOlder(version, "2.10.27")).toBe(older);
});
