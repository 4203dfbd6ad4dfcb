import { expect, test } from "vitest";
import { ClosedError } from "../errors.ts";
import { failureOf, NotConnectedError, unavailable, type Failure } from "./error-map.ts";

const serviceError = (code: number, details: string): Error => Object.assign(new Error(`${code} ${details}`), { code, details });

// As they arrived from a real server of version 1.11.1.
test.each<readonly [number, string, Failure]>([
  [9, "precondition failed: KeyNotModifiedAfterTxID", "precondition"],
  [9, "precondition failed: KeyMustExist", "precondition"],
  [2, "tbtree: key not found", "missing"],
  [7, "session not found", "session"],
  [3, "no session found", "session"],
  [2, "not logged in", "session"],
  [2, "invalid token", "session"],
  [2, "max concurrency limit exceeded", "not_done"],
  [2, "max active transactions limit exceeded", "not_done"],
  [2, "watchers: max waiting limit exceeded", "not_done"],
  [2, "tbtree: max active snapshots limit reached", "not_done"],
  [2, "database is read-only because it's a replica", "not_done"],
  [2, "invalid user name or password", "impossible"],
  [2, "database does not exist", "impossible"],
  [2, "max number of entries per tx exceeded", "impossible"],
  [2, "invalid precondition: too many preconditions", "impossible"],
  [3, "illegal arguments", "impossible"],
  [14, "No connection established. Last error: connect ECONNREFUSED", "not_done"],
  [14, "Connection dropped", "ambiguous"],
  [4, "Deadline exceeded", "ambiguous"],
  [2, "already closed", "ambiguous"],
  [13, "Received RST_STREAM with code 2", "ambiguous"],
])("%i: %s means %s", (code, text, means) => {
  expect(failureOf(serviceError(code, text))).toBe(means);
});

test("what is no error of the transport is nothing that a retry mends", () => {
  expect(failureOf(new RangeError("a message ends"))).toBe("impossible");
  expect(failureOf(new NotConnectedError("host:1", 3000))).toBe("not_done");
});

test("an error of the transport becomes `unavailable` with its cause; one of the store is passed on", () => {
  const cause = serviceError(14, "Connection dropped");
  expect(unavailable(cause, "read")).toMatchObject({
    code: "unavailable",
    cause,
    message: "immudb could not read (14: Connection dropped)",
  });
  const closed = new ClosedError();
  expect(unavailable(closed, "read")).toBe(closed);
});
