import { expect, test } from "vitest";
import { isOlder } from "./version-order.ts";

test.each([
  ["2.10.26", "2.10.27"],
  ["2.9.99", "2.10.0"],
  ["1.99.99", "2.0.0"],
  ["2.10.27-RC.1", "2.10.27"],
])("%s is older than %s, and not the other way round", (older, newer) => {
  expect(isOlder(older, newer)).toBe(true);
  expect(isOlder(newer, older)).toBe(false);
});

test.each(["2.10.27", "2.11.0-RC.2"])("%s is not older than itself", (version) => {
  expect(isOlder(version, version)).toBe(false);
});

test("what a builder added to a version does not count", () => {
  expect(isOlder("2.10.27+vendor.1", "2.10.27")).toBe(false);
});
