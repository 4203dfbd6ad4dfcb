import { status, type ServiceError } from "@grpc/grpc-js";
import { LimitExceededError, SnapshotsUnusableError, StoreError, UnavailableError } from "../errors.ts";

/**
 * What a failed call means for the caller:
 * - `precondition`: the write was refused, because the log is not where the writer takes it to be
 * - `session`: nothing was done; open a session and call again
 * - `missing`: there is no such key
 * - `busy`: nothing was done, and calling again soon may help
 * - `away`: nothing was sent, because there is no connection; the channel tells when there is one again
 * - `too_large`: nothing was done; the request is over what the server takes
 * - `impossible`: nothing was done, and calling again will not help
 * - `ambiguous`: it may have been done, or may still be
 */
export type Failure = "precondition" | "session" | "missing" | "busy" | "away" | "too_large" | "impossible" | "ambiguous";

/** There is no connection to the server, so that nothing was sent. */
export class NotConnectedError extends Error {
  constructor(address: string, why: string) {
    super(`no connection to ${address}: ${why}`);
  }
}

/** The connection was given up before the answer came. */
export class NotAnsweredError extends Error {
  constructor(address: string, why: string) {
    super(`no answer from ${address}: ${why}`);
  }
}

/** What had to come before the call failed, so that the call was not made. */
export class NotMadeError extends Error {
  constructor(before: string, cause: unknown) {
    super(`${before}: ${said(cause)}`, { cause });
  }
}

type Rule = { readonly code?: status; readonly text?: RegExp; readonly means: Failure };

const tooLarge = /received message larger than max/;

// The server answers most failures with UNKNOWN or INTERNAL and a text, so that text it must be. The first rule that fits holds; what no rule
// knows is ambiguous, which is the only safe guess. So is a full waiting list ("watchers: max waiting limit exceeded"): a write joins it
// after its transaction has been made out.
const rules: readonly Rule[] = [
  { code: status.FAILED_PRECONDITION, text: /^precondition failed/, means: "precondition" },
  { text: /key not found$/, means: "missing" },
  { code: status.PERMISSION_DENIED, text: /session not found|token has expired/, means: "session" },
  { code: status.INVALID_ARGUMENT, text: /no session found/, means: "session" },
  { text: /^(not logged in|invalid token|please select a database first)/, means: "session" },
  { text: /max (concurrency|active transactions|active snapshots) limit|max sessions number reached|tx read conflict/, means: "busy" },
  { code: status.RESOURCE_EXHAUSTED, text: tooLarge, means: "too_large" },
  {
    text: /invalid user name or password|user is not active|permission denied|database does not exist|database already exists|database is reserved|not allowed in database name|in database name|database name length|authentication disabled/,
    means: "impossible",
  },
  { text: /read-only|is a replica/, means: "impossible" },
  { text: /^tx not found$|^illegal state: latest txID=/, means: "impossible" },
  {
    text: /max (key|value) length|max number of entries|no entries provided|invalid precondition|duplicated keys|result size limit|illegal arguments/,
    means: "impossible",
  },
  { code: status.INVALID_ARGUMENT, text: /illegal state/, means: "ambiguous" },
  { code: status.INVALID_ARGUMENT, means: "impossible" },
  { code: status.PERMISSION_DENIED, means: "impossible" },
  { code: status.UNAUTHENTICATED, means: "impossible" },
  { code: status.UNIMPLEMENTED, means: "impossible" },
  // The transport says so when it had no connection to send on; any other UNAVAILABLE may have come after the request had left.
  { code: status.UNAVAILABLE, text: /^(No connection established|Name resolution failed)/, means: "busy" },
];

export function failureOf(error: unknown): Failure {
  if (error instanceof NotConnectedError) return "away";
  if (error instanceof NotAnsweredError) return "ambiguous";
  if (error instanceof NotMadeError) return "busy";
  if (!isServiceError(error)) return "impossible";
  const rule = rules.find(
    ({ code, text }) => (code === undefined || code === error.code) && (text === undefined || text.test(error.details)),
  );
  return rule?.means ?? "ambiguous";
}

/** As the server says it when it reads its index and finds what it did not write. */
const damagedIndex = /tbtree: (error reading required file content|file is corrupted|commit log is corrupted)|could not open indexer|^EOF$/;
/** What a disk says that does not take what is written; the server's index is the part of it that does not get over that. */
const failedWrite = /no space left on device|disk quota exceeded|file too large|input\/output error|short write/;

/** The server found what it has stored to be other than it was written: reading it again gives the same. */
export const isDamage = (error: unknown): boolean =>
  isServiceError(error) && (/corrupted/.test(error.details) || damagedIndex.test(error.details));

/** After this the server may say of a key that is there that it is not, for ever. */
export const isIndexTrouble = (error: unknown): boolean =>
  isServiceError(error) && (failedWrite.test(error.details) || damagedIndex.test(error.details));

/** The error of a call after which nothing was written, or which was only a read. A `StoreError` passes through. */
export function unavailable(error: unknown, doing: string): StoreError {
  if (error instanceof StoreError) return error;
  if (failureOf(error) === "too_large") return tooLargeError(error);
  return new UnavailableError(`immudb could not ${doing} (${said(error)})`, { cause: error });
}

/** Rejects with `SnapshotsUnusableError` where the server answers, and cannot give the snapshots; else as the work does. */
export async function onSnapshots<T>(database: string, work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    const cause = error instanceof NotMadeError ? error.cause : error;
    if (
      !isServiceError(cause) ||
      cause.code === status.UNAVAILABLE ||
      /user name or password|permission denied|not active/.test(cause.details)
    )
      throw error;
    throw new SnapshotsUnusableError(database, cause.details, { cause: error });
  }
}

/** What the server or the transport said. */
export const said = (error: unknown): string =>
  isServiceError(error) ? `${error.code}: ${error.details}` : error instanceof Error ? error.message : String(error);

function tooLargeError(error: unknown): LimitExceededError {
  const [actual = 0, limit = 0] = (said(error).match(/\((\d+) vs\. (\d+)\)/) ?? []).slice(1).map(Number);
  return new LimitExceededError("bytes of one request to the server", limit, actual);
}

export const isServiceError = (error: unknown): error is ServiceError =>
  error instanceof Error && "code" in error && "details" in error && typeof error.details === "string";
