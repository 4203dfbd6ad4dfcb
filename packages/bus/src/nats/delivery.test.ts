import { expect, test } from "vitest";
import { isInbox } from "./delivery.ts";

test.each([
  ["_INBOX.a.1", true],
  ["_INBOX_node.a", true],
  // What a server puts in place of an inbox in another account.
  ["_R_.Xk3.wQ", true],
  ["_R_", false],
  ["_R_.", false],
  ["_R_.>", false],
  ["_R_x.a", false],
  ["_RR_.a", false],
  ["x_R_.a", false],
  [`_R_.${"a".repeat(252)}`, true],
  [`_R_.${"a".repeat(253)}`, false],
  ["$KV.keys_w.abc", false],
  ["evt.w.room.hall", false],
  ["$JS.API.INFO", false],
  [undefined, false],
] as const)("[G11] whether %j is answered: %j", (subject, isAnswered) => {
  expect(isInbox(subject)).toBe(isAnswered);
});
