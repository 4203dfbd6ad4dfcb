import type { Json } from "@aethyr/kernel";
import type { Comparison, ProjectionStatus, Projections, PutAside, ReadModelDatabase, Until } from "@aethyr/projections";

/** The read models of a world, as operations need them. */
export type ReadModelsPart = {
  readonly projections: Pick<
    Projections,
    "status" | "rebuild" | "untilLevel" | "compare" | "switchTo" | "drop" | "resume" | "skip" | "listParked" | "retryParked"
  >;
  readonly database: Pick<ReadModelDatabase, "kysely">;
};

export type ProjectionRebuildOptions = {
  /** The world as it was, instead of now: such a copy stays beside the active one, and is not followed. */
  readonly until?: Until;
  /** Leave the new copy beside the active one: do not compare them, and do not switch. */
  readonly keep?: boolean;
  /** Ends the telling; the copy is made all the same, until somebody drops it. */
  readonly signal?: AbortSignal;
};

/** A rebuild as it goes; the last news is the report. */
export type ProjectionRebuildNews =
  | { readonly kind: "made"; readonly schema: string }
  | {
      readonly kind: "progress";
      readonly schema: string;
      /** Of the log, that the copy has passed, and that it has not. */
      readonly events: number;
      readonly lagEvents: number;
      readonly eventsPerSecond: number | null;
      readonly etaSeconds: number | null;
    }
  | { readonly kind: "report"; readonly report: ProjectionRebuildReport };

export type ProjectionRebuildReport = {
  readonly projection: string;
  /** Of the new copy. */
  readonly schema: string;
  /** Position of the last event that is in it, and how many it has passed. */
  readonly position: number;
  readonly events: number;
  readonly ms: number;
  /** Against the copy that was active; null where it was not asked for. */
  readonly comparison: Comparison | null;
  /** Whether the views show the new copy now. */
  readonly switched: boolean;
  /** The copy that was active, and is kept until it is dropped; null where nothing was switched. */
  readonly before: string | null;
};

/** What became of the parked events of one aggregate. */
export type RetriedStream = {
  readonly stream: string;
  /** How many were applied: all of them, or none. */
  readonly events: number;
  /** Why they stay parked; null where they were applied. */
  readonly failure: { readonly code: string; readonly message: string } | null;
};

export type SqlRows = {
  /** Names of the columns, in their order; a name that is there twice has a number. Empty where there are no rows. */
  readonly columns: readonly string[];
  readonly rows: readonly Readonly<Record<string, Json>>[];
  /** Whether there are more rows than were asked for. */
  readonly more: boolean;
};

export type SqlOptions = {
  /** Rows at most, 1–10,000. Default 1000. */
  readonly limit?: number;
};

/**
 * What operators do to the read models of a world. Where it has none every call rejects with `no_read_models`; besides, they reject with
 * `unknown_projection`, `projection_state` and `database_unavailable`.
 */
export type ReadModelOperations = {
  /** Every projection with its copies: how far each is, how far behind, how fast, and what it is paused at. */
  list(): Promise<readonly ProjectionStatus[]>;
  /**
   * Makes a fresh copy from the log beside the active one and waits until it is level with it; then compares the two, and lets the views show
   * the new one. A copy that fails stays, for whoever looks why.
   */
  rebuild(projection: string, options?: ProjectionRebuildOptions): AsyncIterable<ProjectionRebuildNews>;
  /** A copy against the active one, row by row, at the same position of the log. */
  compare(projection: string, schema: string): Promise<Comparison>;
  /** Lets the views show another copy, which must not be behind unless that is said. The one that they showed is kept, and stands still. */
  switchTo(projection: string, schema: string, options?: { readonly evenIfBehind?: boolean }): Promise<void>;
  /** Removes a copy that is not the active one. */
  drop(projection: string, schema: string): Promise<void>;
  /** Events that were parked or skipped, of one projection or all. */
  parked(projection?: string): Promise<readonly PutAside[]>;
  /** Tries parked events of a copy (default: the active one) again, of all aggregates or of one, `type/id`. */
  retry(projection: string, options?: { readonly stream?: string; readonly schema?: string }): Promise<readonly RetriedStream[]>;
  /** Leaves out the event that a copy (default: the active one) is paused at, with a reason, and lets it go on. */
  skip(projection: string, reason: string, schema?: string): Promise<PutAside>;
  /** Lets paused copies try again. */
  resume(projection: string): Promise<void>;
  /** The rows of one SQL query, which can change nothing. Rejects with `sql_refused` and `sql_timeout`. */
  query(sql: string, options?: SqlOptions): Promise<SqlRows>;
};
