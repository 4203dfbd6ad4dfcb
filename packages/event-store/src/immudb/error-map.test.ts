import { expect, test } from "vitest";
import { ClosedError } from "../errors.ts";
import { failureOf, isDamage, NotAnsweredError, NotConnectedError, NotMadeError, unavailable, type Failure } from "./error-map.ts";

const serviceError = (code: number, details: string): Error => Object.assign(new Error(`${code} ${details}`), { code, details });

// As they arrived from a real server of version 1.11.1, or, where they cannot be provoked, as its source has them.
test.each<readonly [number, string, Failure]>([
  [9, "precondition failed: KeyNotModifiedAfterTxID", "precondition"],
  [9, "precondition failed: KeyMustExist", "precondition"],
  [9, "precondition failed: KeyMustNotExist", "precondition"],
  [2, "tbtree: key not found", "missing"],
  [2, "key not found", "missing"],
  [7, "session not found", "session"],
  [3, "no session found", "session"],
  [7, "token has expired", "session"],
  [2, "not logged in", "session"],
  [2, "invalid token", "session"],
  [2, "please select a database first", "session"],
  [2, "max concurrency limit exceeded", "busy"],
  [2, "max active transactions limit exceeded", "busy"],
  [2, "tbtree: max active snapshots limit reached", "busy"],
  [13, "can not create new session: max sessions number reached", "busy"],
  [2, "tx read conflict", "busy"],
  [14, "No connection established. Last error: connect ECONNREFUSED", "busy"],
  [14, "Name resolution failed for target dns:nowhere:1", "busy"],
  // The transaction may have been made out by then.
  [2, "watchers: max waiting limit exceeded", "ambiguous"],
  [3, "illegal state", "ambiguous"],
  [2, "database is read-only because it's a replica", "impossible"],
  [2, "tx not found", "impossible"],
  [2, "illegal state: latest txID=7 is lower than specified as initial tx=99", "impossible"],
  [2, "invalid user name or password", "impossible"],
  [13, "user is not active", "impossible"],
  [13, "permission denied", "impossible"],
  [7, "Logged in user does not have permission on this database", "impossible"],
  [16, "not allowed", "impossible"],
  [12, "unknown method Foo", "impossible"],
  [2, "database does not exist", "impossible"],
  [2, "database already exists", "impossible"],
  [13, "database is reserved", "impossible"],
  [2, "punctuation marks and symbols are not allowed in database name", "impossible"],
  [2, "max number of entries per tx exceeded", "impossible"],
  [2, "max key length exceeded", "impossible"],
  [2, "max value length exceeded", "impossible"],
  [2, "no entries provided", "impossible"],
  [2, "invalid precondition: too many preconditions", "impossible"],
  [2, "invalid precondition: invalid precondition: invalid transaction ID", "impossible"],
  [2, "result size limit exceeded: the specified limit (2501) is larger than the maximum allowed one (2500)", "impossible"],
  [3, "duplicated keys are not supported in single batch transaction", "impossible"],
  [3, "illegal arguments", "impossible"],
  [3, "illegal arguments: SinceTx must not be greater than the current transaction ID", "impossible"],
  [8, "grpc: received message larger than max (33554433 vs. 33554432)", "too_large"],
  [8, "Attempted to send message with a size larger than 4194304", "ambiguous"],
  [8, "Bandwidth exhausted or memory limit exceeded", "ambiguous"],
  [14, "Connection dropped", "ambiguous"],
  [14, "read ECONNRESET", "ambiguous"],
  [4, "Deadline exceeded", "ambiguous"],
  [1, "Cancelled on client", "ambiguous"],
  [2, "already closed", "ambiguous"],
  [2, "write /data/tx: no space left on device", "ambiguous"],
  [9, "user x is not active", "ambiguous"],
  [13, "Received RST_STREAM with code 2", "ambiguous"],
])("%i: %s means %s", (code, text, means) => {
  expect(failureOf(serviceError(code, text))).toBe(means);
});

test("what is no error of the transport is nothing that a retry mends", () => {
  expect(failureOf(new RangeError("a message ends"))).toBe("impossible");
  expect(failureOf(new NotConnectedError("host:1", "gone"))).toBe("away");
  expect(failureOf(new NotAnsweredError("host:1", "silent"))).toBe("ambiguous");
  expect(failureOf(new NotMadeError("no session", serviceError(14, "Connection dropped")))).toBe("busy");
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

test("a request over what the server takes is `limit_exceeded`, in the server's own numbers", () => {
  const refused = serviceError(8, "grpc: received message larger than max (33554433 vs. 33554432)");
  expect(unavailable(refused, "append")).toMatchObject({ code: "limit_exceeded", details: { limit: 33554432, actual: 33554433 } });
});

test("what the server has stored and finds damaged is told from what may pass", () => {
  expect(isDamage(serviceError(2, "data is corrupted: value length or digest mismatch"))).toBe(true);
  expect(isDamage(serviceError(2, "tx data is corrupted: unexpected EOF while reading tx 8"))).toBe(true);
  expect(isDamage(serviceError(2, "max concurrency limit exceeded"))).toBe(false);
  expect(isDamage(new Error("data is corrupted"))).toBe(false);
});
