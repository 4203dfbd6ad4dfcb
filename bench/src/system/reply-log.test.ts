import { accepted, encodeReply, refused } from "@aethyr/protocol";
import { expect, test } from "vitest";
import { createReplyLog } from "./reply-log.ts";

const stream = { type: "room", id: "hall" };
const padded = (number: number): string => `${number}-${"x".repeat(100)}`;

test("every accepted reply is given back as it came, in order, over as many chunks as it takes", () => {
  const log = createReplyLog("application/msgpack");
  const count = 60_000;
  for (let number = 1; number <= count; number += 1)
    log.keep(encodeReply(accepted(padded(number), [{ stream, version: number }], number), "application/msgpack"));
  const all = log.accepted();
  expect(log.size()).toBe(count);
  expect(all).toHaveLength(count);
  for (const [index, { id, position, changed }] of all.entries()) {
    const number = index + 1;
    if (id !== padded(number) || position !== number || changed[0]?.version !== number)
      throw new Error(`reply ${number} came back as ${id}`);
  }
  expect(all[0]).toEqual({ id: padded(1), position: 1, changed: [{ stream: "room/hall", version: 1 }] });
});

test("refusals are kept and are not among the accepted", () => {
  const log = createReplyLog("application/json");
  log.keep(encodeReply(refused("a", "busy", "later"), "application/json"));
  log.keep(encodeReply(accepted("b", [], 0), "application/json"));
  expect(log.size()).toBe(2);
  expect(log.accepted()).toEqual([{ id: "b", position: 0, changed: [] }]);
});

test("a reply larger than a chunk is kept whole", () => {
  const log = createReplyLog("application/json");
  const id = "x".repeat(5_000_000);
  log.keep(encodeReply(accepted(id, [], 0), "application/json"));
  log.keep(encodeReply(accepted("next", [], 0), "application/json"));
  expect(log.accepted().map((each) => each.id.length)).toEqual([5_000_000, 4]);
});
