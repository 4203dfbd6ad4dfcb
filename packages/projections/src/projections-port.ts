import type { EventFeed } from "@aethyr/bus";
import type { EventStore } from "@aethyr/event-store";
import type { Domain } from "@aethyr/kernel";
import type { Registry } from "prom-client";
import type { Comparison } from "./administration/compare.ts";
import type { Retried } from "./administration/retry-parked.ts";
import type { ReadModelDatabase } from "./database.ts";
import type { Log } from "./log.ts";
import type { Projection } from "./projection.ts";
import type { PutAside } from "./registry/put-aside.ts";
import type { ProjectionStatus } from "./status.ts";
import type { FailurePolicy } from "./work/apply.ts";

export type ProjectionsOptions = {
  readonly database: ReadModelDatabase;
  readonly store: Pick<EventStore, "head" | "readAll" | "statistics">;
  readonly feed: Pick<EventFeed, "follow">;
  readonly domain: Domain;
  readonly projections: readonly Projection[];
  /** Names the log: read models that were made from another one are not gone on with. */
  readonly logId?: string;
  readonly log?: Log;
  /** Gets the metrics. */
  readonly metrics?: Registry;
  /** What becomes of events whose handler fails; for all projections, or by name. Default `pause`. */
  readonly onFailure?: FailurePolicy | Readonly<Record<string, FailurePolicy>>;
  /** Events in one transaction at most, 1–1000. Default 500. */
  readonly batchEvents?: number;
  /** How long a worker that stopped without a word keeps others from its copies. Default 10 s. */
  readonly leaseMs?: number;
  /** How often it is seen whether a copy has to be tended. Default 200. */
  readonly pollMs?: number;
  /** A copy of a new version takes the active one's place by itself when it is level. Default true. */
  readonly switchWhenLevel?: boolean;
  /** How long a copy that somebody has made beside the active one is followed after it was level, unless it is switched to. Default 1 h. */
  readonly besideMs?: number;
  /** Names this process among the workers. Default: a random name. */
  readonly owner?: string;
};

export type Until = { readonly position: number } | { readonly time: string };

/** The read models of a world: the workers of this process, and what operators do. */
export type Projections = {
  /** Lets this process work on all projections that nobody else works on. Paused ones are tried again. */
  start(): void;
  /** Projections of this program and of the database, with their copies. */
  status(): Promise<readonly ProjectionStatus[]>;
  /** Resolves when the active copy has passed a position, so that one's own write can be read. Rejects with the signal's reason. */
  reached(projection: string, position: number, options?: { readonly signal?: AbortSignal }): Promise<void>;
  /**
   * Makes a fresh copy beside the active one, which a worker fills from the log. With `until`, it is the world as it was: up to and with a
   * position, or before the first event recorded after a time; such a copy is not followed. Gives the name of its schema.
   */
  rebuild(projection: string, options?: { readonly until?: Until }): Promise<string>;
  /** Resolves when a copy is level with the log, or done. Rejects with `projection_state` where it is paused, or gone. */
  untilLevel(projection: string, schema: string, options?: { readonly signal?: AbortSignal }): Promise<void>;
  /** Compares a copy with the active one, row by row. `timeoutMs`: how long to wait for both to be at one place, default 10 s. */
  compare(projection: string, schema: string, options?: { readonly with?: string; readonly timeoutMs?: number }): Promise<Comparison>;
  /** Lets the views show another copy, in one transaction. */
  switchTo(projection: string, schema: string, options?: { readonly evenIfBehind?: boolean }): Promise<void>;
  /** Removes a copy that is not the active one. */
  drop(projection: string, schema: string): Promise<void>;
  /** Lets paused copies of a projection try again. */
  resume(projection: string): Promise<void>;
  /** Leaves out the event that a copy (default: the active one) is paused at, and lets it go on. */
  skip(projection: string, reason: string, schema?: string): Promise<PutAside>;
  /** Events that were parked or skipped, of all copies of a projection but those that stand still. */
  listParked(projection?: string): Promise<readonly PutAside[]>;
  /**
   * Tries the parked events of the active copy again, by a fresh copy that is made from the log and takes its place once it is level; `stream`:
   * tells of one aggregate only, `type/id`, and does nothing where it has none. Rejects with `projection_state` for a copy that is not active.
   */
  retryParked(projection: string, options?: { readonly stream?: string; readonly schema?: string }): Promise<readonly Retried[]>;
  /** Stops the workers, which finish what is under way and give their leases back. The database stays its owner's. */
  close(): Promise<void>;
};
