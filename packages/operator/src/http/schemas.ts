import { AggregateId, AggregateType, Ref, type RecordedEvent } from "@aethyr/kernel";
import { z } from "zod";
import type { AggregateDiff } from "../history/aggregate-diff.ts";
import { EventNote } from "../history/event-note.ts";
import { json } from "../any-json.ts";
import { isTime } from "../history/moment.ts";
import type { WorldStats } from "../operations.ts";

// What travels over the operator API. A client takes answers with more fields than it knows, a server no question with such.

const count = z.int().nonnegative();
const countsByName = z.record(z.string(), count);

export const EventAnswer = EventNote.extend({ data: json }) satisfies z.ZodType<RecordedEvent>;

const Change = z.object({
  path: z.string().describe("Where, as a JSON Pointer into the aggregate"),
  before: json.exactOptional().describe("Missing: it was not there"),
  after: json.exactOptional().describe("Missing: it is not there"),
  by: z.array(z.int().positive()).describe("Versions of the events that changed it"),
});

export const DiffAnswer = z.object({
  ref: Ref,
  from: count.describe("Version; 0 is before the first event"),
  to: z.int().positive(),
  changes: z.array(Change),
  events: z.array(EventNote),
}) satisfies z.ZodType<AggregateDiff>;

export const StatsAnswer = z.object({
  rooms: count,
  exits: count,
  players: count,
  game_objects: countsByName.describe("Game objects by their generic name"),
  head: count.describe("Position of the newest event"),
  event_count: count,
  aggregate_count: count,
  snapshot_count: count,
  aggregate_types: countsByName,
  event_types: countsByName,
  events_stored: count.describe("Since the store was opened, as are the five below"),
  events_loaded: count,
  snapshots_stored: count,
  snapshots_loaded: count,
  store_failures: count,
  load_failures: count,
}) satisfies z.ZodType<WorldStats>;

export const PassivateAnswer = z.object({ passivated: z.boolean().describe("False if it was not in memory, or has work to do") });

/** Of what was to be done, and has nothing more to tell. */
export const DoneAnswer = z.object({ done: z.literal(true) });
export const done = { done: true } as const;

export const HealthAnswer = z.object({
  status: z.literal("ok"),
  instance: z.string().describe("Which process answers: new at every start"),
});

export const ErrorAnswer = z.object({
  code: z.string().describe("Stable; see docs/errors.md"),
  message: z.string().describe("What is wrong and what to do"),
  details: z.record(z.string(), json).optional(),
});
export type ErrorAnswer = z.infer<typeof ErrorAnswer>;

/** A whole number in a path or a query. */
export const whole = (least: number, most = Number.MAX_SAFE_INTEGER) =>
  z
    .string()
    .regex(/^\d{1,16}$/, `a whole number from ${least}${most === Number.MAX_SAFE_INTEGER ? "" : ` to ${most}`} is required`)
    .transform(Number)
    .pipe(z.int().min(least).max(most));

export const yesNo = z
  .enum(["true", "false"])
  .transform((text) => text === "true")
  .pipe(z.boolean());

export const AggregatePath = z.strictObject({ type: AggregateType, id: AggregateId });
const time = z.string().refine(isTime, "a version, or a time such as 2026-11-21T16:30:00Z, is required").describe("ISO 8601, with a zone");
/** A version, or a time that stands for the last version recorded until then. */
const moment = (least: number) => z.union([whole(least), time]);

export const AtQuery = z.strictObject({
  at: moment(1).optional().describe("The state after this version, or at this time, instead of the newest"),
});
export const DiffQuery = z.strictObject({
  from: moment(0).describe("The earlier version or time; 0 is before the first event"),
  to: moment(1).optional().describe("The later one; without it, now"),
});
export const RebuildQuery = z.strictObject({
  clear: yesNo.optional().describe("Make the actors in memory anew, once compared"),
  writeSnapshots: yesNo.optional().describe("Replace snapshots that differ, and write missing ones"),
});
export const HistoryQuery = z.strictObject({
  from: whole(1).optional().describe("First version of the page; without it the first, or backwards the newest"),
  limit: whole(1, 1000).optional().describe("Events in the page; 1000 without it"),
  direction: z.enum(["forward", "backward"]).optional(),
});
export const TailQuery = z.strictObject({
  after: whole(0).optional().describe("Only events after this position; without it, only new ones"),
  follow: yesNo.optional().describe("Go on with what happens from now on, until the client goes; otherwise end at the head"),
});
