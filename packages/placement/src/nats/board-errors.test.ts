import { JetStreamApiError } from "@nats-io/jetstream";
import { ClosedConnectionError, TimeoutError } from "@nats-io/transport-node";
import { expect, test } from "vitest";
import { LeaseTakenError } from "../errors.ts";
import { isWrongRevision, toBoardError } from "./board-errors.ts";

const refused = (code: number): JetStreamApiError => new JetStreamApiError({ code: 400, err_code: code, description: "refused" });

test("[P1] a write over another revision is known as such, also while another write of the key is under way in the cluster", () => {
  expect([10071, 10164].map((code) => isWrongRevision(refused(code)))).toEqual([true, true]);
  expect(isWrongRevision(refused(10077))).toBe(false);
  expect(isWrongRevision(new Error("wrong last sequence"))).toBe(false);
});

test("every failure of a call is the board's own, and says what could not be done", () => {
  const taken = new LeaseTakenError("1/0", 7);
  expect(toBoardError(taken, "write")).toBe(taken);
  expect(toBoardError(new ClosedConnectionError(), "write")).toMatchObject({ code: "closed" });
  const cause = new TimeoutError();
  expect(toBoardError(cause, "write the lease")).toMatchObject({
    code: "unavailable",
    message: expect.stringContaining("write the lease"),
    cause,
  });
  expect(toBoardError("nothing", "connect")).toMatchObject({ message: "NATS could not connect: nothing" });
});
