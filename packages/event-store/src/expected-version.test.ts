import { expect, test } from "vitest";
import { meets } from "./expected-version.ts";

test("an expected version is met by exactly the streams it describes", () => {
  const versions = [0, 1, 5];
  expect(versions.map((actual) => meets("any", actual))).toEqual([true, true, true]);
  expect(versions.map((actual) => meets("no-stream", actual))).toEqual([true, false, false]);
  expect(versions.map((actual) => meets("stream-exists", actual))).toEqual([false, true, true]);
  expect(versions.map((actual) => meets(1, actual))).toEqual([false, true, false]);
});
