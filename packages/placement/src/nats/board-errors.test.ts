import { ClosedConnectionError, TimeoutError } from "@nats-io/transport-node";
import { expect, test } from "vitest";
import { LeaseTakenError } from "../errors.ts";
import { toBoardError } from "./board-errors.ts";

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
