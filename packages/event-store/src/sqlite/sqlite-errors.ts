import {
  CorruptStoreError,
  ForeignStoreError,
  OtherLogError,
  OutcomeUnknownError,
  StoreError,
  StoreInUseError,
  UnavailableError,
} from "../errors.ts";

/** SQLite's primary result codes that are told apart here. */
export const resultCode = { busy: 5, ioError: 10, corrupt: 11, full: 13, constraint: 19, notADatabase: 26 } as const;

/** The primary result code of an error of `node:sqlite`, or undefined. */
export function resultCodeOf(error: unknown): number | undefined {
  if (!(error instanceof Error) || !("errcode" in error) || typeof error.errcode !== "number") return undefined;
  return error.errcode & 0xff;
}

const damaged: ReadonlySet<number | undefined> = new Set([resultCode.corrupt, resultCode.notADatabase]);

/** Whether SQLite found the file itself to be damaged. */
export const isDamage = (error: unknown): boolean => damaged.has(resultCodeOf(error));

/**
 * An error of the engine in the words of the port, for work that left nothing behind. `RangeError` is what is said of stored numbers and hashes
 * that cannot be.
 */
export function asStoreError(error: unknown, what: string): StoreError {
  if (error instanceof StoreError) return error;
  const message = error instanceof Error ? error.message : String(error);
  if (isDamage(error) || error instanceof RangeError)
    return new CorruptStoreError(`${what}: the file is damaged (${message}); restore it from a backup`, {}, { cause: error });
  const advice = resultCodeOf(error) === resultCode.full ? "make room and try again" : "try again, and look after the disk if it stays so";
  return new UnavailableError(`${what}: ${message}; ${advice}`, { cause: error });
}

/** What of an error crosses from one thread to another. */
export type Failure = { readonly code: string; readonly message: string; readonly details: StoreError["details"] };

export function toFailure(error: unknown): Failure {
  const { code, message, details } = asStoreError(error, "the event store failed");
  return { code, message, details };
}

const byCode: Readonly<Record<string, (failure: Failure) => StoreError>> = {
  unavailable: ({ message }) => new UnavailableError(message),
  outcome_unknown: ({ message }) => new OutcomeUnknownError(message),
  foreign_store: ({ message }) => new ForeignStoreError(message),
  not_this_log: ({ message }) => new OtherLogError(message),
  store_in_use: ({ message, details }) => new StoreInUseError(message, details),
  corrupt_store: ({ message, details }) => new CorruptStoreError(message, details),
};

export function fromFailure(failure: Failure): StoreError {
  const make = byCode[failure.code];
  return make ? make(failure) : new StoreError(failure.code, failure.message, failure.details);
}
