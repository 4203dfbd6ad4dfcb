import { JetStreamApiError } from "@nats-io/jetstream";
import { ClosedConnectionError, DrainingConnectionError, RequestError, TimeoutError } from "@nats-io/transport-node";
import { expect, test } from "vitest";
import { FeedGapError } from "../errors.ts";
import { checkSize, isConsumerNotFound, isNoResponders, toBusError } from "./nats-errors.ts";

const api = (code: number): JetStreamApiError => new JetStreamApiError({ code: 400, err_code: code, description: "said the server" });

test.each<readonly [unknown, string]>([
  [new TimeoutError(), "timeout"],
  [new ClosedConnectionError(), "closed"],
  [new DrainingConnectionError(), "closed"],
  [api(10077), "unavailable"],
  [api(10059), "unavailable"],
  [new Error("what else"), "unavailable"],
  ["no error at all", "unavailable"],
])("%s becomes %s", (error, code) => {
  expect(toBusError(error, "keep the command", 30)).toMatchObject({ code });
});

test("a failure keeps its cause; an error of the bus is passed on", () => {
  const cause = api(10077);
  expect(toBusError(cause, "keep the command", 30)).toMatchObject({ cause, message: expect.stringContaining("full") as unknown });
  const gap = new FeedGapError(1, 2);
  expect(toBusError(gap, "publish", 30)).toBe(gap);
});

test("what the server has not got is told apart", () => {
  expect([isConsumerNotFound(api(10014)), isConsumerNotFound(api(10059)), isConsumerNotFound(new Error("x"))]).toEqual([
    true,
    false,
    false,
  ]);
  expect(isNoResponders(new RequestError("x"))).toBe(false);
});

test("a message as large as allowed passes, a larger one does not", () => {
  checkSize(new Uint8Array(3), 3);
  expect(() => checkSize(new Uint8Array(4), 3)).toThrow(expect.objectContaining({ code: "too_large" }));
});
