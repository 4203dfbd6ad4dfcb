import type { Comparison, ProjectionStatus, Projections, PutAside, ReadModelDatabase, Until } from "@aethyr/projections";
import { z } from "zod";
import { json } from "../any-json.ts";
import type { ProjectionRebuildNews } from "./projection-rebuild-news.ts";

/** The read models of a world, as operations need them. */
export type ReadModelsPart = {
  readonly projections: Pick<
    Projections,
    "status" | "rebuild" | "untilLevel" | "compare" | "switchTo" | "drop" | "resume" | "skip" | "listParked" | "retryParked"
  >;
  readonly database: Pick<ReadModelDatabase, "questions">;
};

export type ProjectionRebuildOptions = {
  /** The world as it was, instead of now: such a copy stays beside the active one, and is not followed. */
  readonly until?: Until;
  /** Leave the new copy beside the active one: do not compare them, and do not switch. */
  readonly keep?: boolean;
  /** Ends the telling; the copy is made all the same, until somebody drops it. */
  readonly signal?: AbortSignal;
};

/** What became of the parked events of one aggregate. */
export const RetriedStream = z.object({
  stream: z.string(),
  events: z.int().nonnegative().describe("How many were applied: all, or none"),
  failure: z.object({ code: z.string(), message: z.string() }).nullable().describe("Why they stay parked; null where they were applied"),
});
export type RetriedStream = Readonly<z.infer<typeof RetriedStream>>;

export const SqlRows = z.object({
  columns: z.array(z.string()).describe("Names in their order; one that is there twice has a number. Empty where there are no rows"),
  rows: z.array(z.record(z.string(), json)),
  more: z.boolean().describe("Whether there are more rows than were asked for"),
});
export type SqlRows = Readonly<z.infer<typeof SqlRows>>;

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
  /** Tries the parked events of the active copy again, by a fresh copy that takes its place; `stream`: tells of one aggregate, `type/id`, only. */
  retry(projection: string, options?: { readonly stream?: string; readonly schema?: string }): Promise<readonly RetriedStream[]>;
  /** Leaves out the event that a copy (default: the active one) is paused at, with a reason, and lets it go on. */
  skip(projection: string, reason: string, schema?: string): Promise<PutAside>;
  /** Lets paused copies try again. */
  resume(projection: string): Promise<void>;
  /** The rows of one SQL query, which can change nothing. Rejects with `sql_refused`, `sql_timeout` and `sql_too_large`. */
  query(sql: string, options?: SqlOptions): Promise<SqlRows>;
};
