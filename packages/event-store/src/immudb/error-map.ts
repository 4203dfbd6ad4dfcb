import { status, type ServiceError } from "@grpc/grpc-js";
import { StoreError, UnavailableError } from "../errors.ts";

/**
 * What a failed call means for the caller:
 * - `precondition`: the write was refused, because the log is not where the writer takes it to be
 * - `session`: nothing was done; open a session and call again
 * - `missing`: there is no such key
 * - `not_done`: nothing was done, and calling again may help
 * - `impossible`: nothing was done, and calling again will not help
 * - `ambiguous`: it may have been done, or may still be
 */
export type Failure = "precondition" | "session" | "missing" | "not_done" | "impossible" | "ambiguous";

/** There is no connection to the server, so that nothing was sent. */
export class NotConnectedError extends Error {
  constructor(address: string, timeoutMs: number) {
    super(`no connection to ${address} within ${timeoutMs} ms`);
  }
}

type Rule = { readonly code?: status; readonly text?: RegExp; readonly means: Failure };

// The server answers most failures with UNKNOWN and a text, so that text it must be. The first rule that fits holds.
const rules: readonly Rule[] = [
  { code: status.FAILED_PRECONDITION, means: "precondition" },
  { code: status.UNKNOWN, text: /key not found/, means: "missing" },
  { code: status.PERMISSION_DENIED, text: /session not found|token has expired/, means: "session" },
  { code: status.INVALID_ARGUMENT, text: /no session found/, means: "session" },
  { code: status.UNKNOWN, text: /not logged in|invalid token/, means: "session" },
  { code: status.UNKNOWN, text: /max (concurrency|active transactions|waiting|active snapshots) limit/, means: "not_done" },
  { code: status.UNKNOWN, text: /read-only|is a replica/, means: "not_done" },
  {
    code: status.UNKNOWN,
    text: /invalid user name or password|database does not exist|not allowed in database name|max (key|value) length|max number of entries|too many preconditions/,
    means: "impossible",
  },
  { code: status.INVALID_ARGUMENT, means: "impossible" },
  { code: status.PERMISSION_DENIED, means: "impossible" },
  { code: status.UNAUTHENTICATED, means: "impossible" },
  { code: status.UNIMPLEMENTED, means: "impossible" },
  // The transport says so when it had no connection to send on; any other UNAVAILABLE may have come after the request had left.
  { code: status.UNAVAILABLE, text: /^(No connection established|Name resolution failed)/, means: "not_done" },
];

export function failureOf(error: unknown): Failure {
  if (error instanceof NotConnectedError) return "not_done";
  if (!isServiceError(error)) return "impossible";
  const rule = rules.find(
    ({ code, text }) => (code === undefined || code === error.code) && (text === undefined || text.test(error.details)),
  );
  return rule?.means ?? "ambiguous";
}

/** The error of a call after which nothing was written, or which was only a read. A `StoreError` passes through. */
export function unavailable(error: unknown, doing: string): StoreError {
  if (error instanceof StoreError) return error;
  const said = isServiceError(error) ? `${error.code}: ${error.details}` : String(error);
  return new UnavailableError(`immudb could not ${doing} (${said})`, { cause: error });
}

const isServiceError = (error: unknown): error is ServiceError =>
  error instanceof Error && "code" in error && "details" in error && typeof error.details === "string";
