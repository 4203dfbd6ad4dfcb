import { expect, test } from "vitest";
import { progressLine } from "./progress-line.ts";

test.each([
  [{ done: 0, total: 100, perSecond: 0 }, "rooms  [------------------------]  0/100  0/s"],
  [{ done: 50, total: 100, perSecond: 1234.5 }, "rooms  [############------------]  50/100  1235/s"],
  [{ done: 99, total: 100, perSecond: 9 }, "rooms  [#######################-]  99/100  9/s"],
  [{ done: 0, total: 0, perSecond: 9 }, "rooms  [########################]  0/0  9/s"],
])("%j shows as %j", (progress, line) => {
  expect(progressLine({ phase: "rooms", ...progress })).toBe(line);
});
