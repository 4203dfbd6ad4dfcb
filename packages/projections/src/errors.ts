import { AethyrError, type Json } from "@aethyr/kernel";

/** Any failure of projections: see the code. */
export class ProjectionError extends AethyrError {}

/** No projection of that name, or no copy of that schema. */
export class UnknownProjectionError extends ProjectionError {
  constructor(message: string, details: Readonly<Record<string, Json>> = {}) {
    super("unknown_projection", message, details);
  }
}

/** The read models are not as this program declares them: another shape under the same version, or a newer version is there. */
export class ProjectionVersionError extends ProjectionError {
  constructor(message: string, details: Readonly<Record<string, Json>>) {
    super("projection_version", message, details);
  }
}

/** A migration failed; its transaction was rolled back, so that everything is as before it. */
export class MigrationFailedError extends ProjectionError {
  constructor(scope: string, step: string, cause: unknown) {
    super("migration_failed", `the migration ${step} of ${scope} failed, and was undone: ${messageOf(cause)}`, { scope, step }, { cause });
  }
}

/** A handler threw, or what it wrote was refused. `details` name the event. */
export class HandlerFailedError extends ProjectionError {
  constructor(
    the: { readonly projection: string; readonly position: number; readonly event: string; readonly stream: string },
    cause: unknown,
  ) {
    super(
      "projection_failed",
      `${the.projection} failed on ${the.event} of ${the.stream} at position ${the.position}: ${messageOf(cause)}`,
      the,
      { cause },
    );
  }
}

/** Events came out of order, or one is missing: nothing of them was applied. */
export class EventGapError extends ProjectionError {
  constructor(message: string, details: Readonly<Record<string, Json>>) {
    super("event_gap", message, details);
  }
}

/** Code of `ForeignLogError`, as the registry has it. */
export const foreignLog = "foreign_log";

/** The read models were made from another log, or from more of this one than there is now. */
export class ForeignLogError extends ProjectionError {
  constructor(message: string, details: Readonly<Record<string, Json>>) {
    super(foreignLog, message, details);
  }
}

/** No query that can be run: too long, empty, or with a limit that is none. Nothing was asked. */
export class InvalidQueryError extends ProjectionError {
  constructor(message: string) {
    super("invalid_request", message);
  }
}

/** PostgreSQL does not run this query: it has a mistake, or would change something. `details.sqlstate` says which. Nothing was changed. */
export class SqlRefusedError extends ProjectionError {
  constructor(message: string, sqlstate: string, options?: ErrorOptions) {
    super("sql_refused", message, { sqlstate }, options);
  }
}

/** A query took too long and was given up. */
export class SqlTimeoutError extends ProjectionError {
  constructor(afterMs: number, options?: ErrorOptions) {
    super("sql_timeout", `the query took longer than ${afterMs / 1000} s: ask for less`, { timeout_ms: afterMs }, options);
  }
}

/** The answer of a query is larger than one may be. */
export class SqlTooLargeError extends ProjectionError {
  constructor(mostBytes: number) {
    super("sql_too_large", `the answer has more than ${mostBytes / 1_000_000} MB: ask for fewer rows or columns`, {
      most_bytes: mostBytes,
    });
  }
}

/** The copy cannot be used for this now: not level, active, or of another kind. The message says why. */
export class WrongStateError extends ProjectionError {
  constructor(message: string, details: Readonly<Record<string, Json>>) {
    super("projection_state", message, details);
  }
}

/** A schema or a name in `public` is somebody else's; nothing of it was changed. */
export class NameTakenError extends ProjectionError {
  constructor(message: string, details: Readonly<Record<string, Json>>) {
    super("name_taken", message, details);
  }
}

/** The database cannot be reached or cannot write now; nothing was done. */
export class DatabaseUnavailableError extends ProjectionError {
  constructor(message: string, options?: ErrorOptions) {
    super("database_unavailable", message, {}, options);
  }
}

/** A folder that has been a database cannot be opened as one any more. Nothing of it was changed; what it had is made anew from the log. */
export class DatabaseDamagedError extends ProjectionError {
  constructor(directory: string, cause: unknown) {
    const what = `the database in ${directory} is damaged and cannot be opened: ${messageOf(cause)}`;
    super("database_damaged", `${what}; move it away, and it is made anew from the log`, { directory }, { cause });
  }
}

/** Another process has this folder open. */
export class DatabaseInUseError extends ProjectionError {
  constructor(directory: string) {
    super("database_in_use", `another process has ${directory} open: stop it, or choose another folder`, { directory });
  }
}

/** Another worker has taken over: what this one was about to write was not written. */
export class LeaseLostError extends ProjectionError {
  constructor(schema: string) {
    super("lease_lost", `another worker has taken ${schema} over, or it was changed: nothing was written`, { schema });
  }
}

export const messageOf = (error: unknown): string => (error instanceof Error ? error.message : String(error));
