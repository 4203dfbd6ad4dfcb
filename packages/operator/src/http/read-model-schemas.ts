import type { CopyStatus, ProjectionStatus, PutAside } from "@aethyr/projections";
import { z } from "zod";
import { isTime } from "../history/moment.ts";
import { mostRows } from "@aethyr/projections";
import { whole, yesNo } from "./schemas.ts";

// What travels of read models over the operator API.

const count = z.int().nonnegative();
const time = z.string().describe("ISO 8601, UTC");
const reason = z.object({ code: z.string(), message: z.string() });
const Until = z.union([z.object({ position: count }), z.object({ time })]);

const CopyAnswer = z.object({
  schema: z.string().describe("Where its tables are"),
  projection: z.string(),
  version: z.int().positive(),
  build: z.int().positive(),
  shape: z.string().describe("Of its tables, as a hash"),
  state: z.enum(["active", "building", "apart", "done", "retired"]),
  active: z.boolean().describe("Whether the views in `public` show it"),
  switches: z.boolean().describe("Whether it becomes the active one by itself when it is level"),
  until: Until.nullable().describe("The moment that it is of; null: it is followed"),
  logId: z.string().nullable(),
  position: count.describe("Of the last event that is in it"),
  events: count.describe("Events of the log that it has passed"),
  eventTime: time.nullable(),
  level: z.boolean().describe("Whether it has been as far as the log once"),
  lagEvents: count,
  lagSeconds: z.number().nonnegative(),
  eventsPerSecond: z.number().optional().describe("Missing: it is not worked on by this process"),
  etaSeconds: z.number().optional(),
  putAside: count.describe("Events that wait to be tried again"),
  failure: reason
    .extend({ position: count.nullable(), event: z.string().nullable(), stream: z.string().nullable(), at: time })
    .nullable()
    .describe("What it is paused at"),
  worker: z.string().nullable(),
});

export const ProjectionAnswer = z.object({
  projection: z.string(),
  version: z.int().positive().optional().describe("Missing: this program does not know it"),
  active: z.string().optional().describe("Schema that the views show; missing before the first copy is made"),
  problem: reason.optional().describe("Why it does not go on here"),
  copies: z.array(CopyAnswer),
});

const copyStatus = ({ eventsPerSecond, etaSeconds, ...rest }: z.infer<typeof CopyAnswer>): CopyStatus => ({
  ...rest,
  eventsPerSecond,
  etaSeconds,
});

/** As HTTP gives it back: what JSON leaves out is undefined. */
export const projectionStatus = ({ version, active, problem, copies, ...rest }: z.infer<typeof ProjectionAnswer>): ProjectionStatus => ({
  ...rest,
  version,
  active,
  problem,
  copies: copies.map(copyStatus),
});

export const PutAsideAnswer = z.object({
  schema: z.string(),
  position: count,
  kind: z.enum(["parked", "skipped"]),
  stream: z.string(),
  version: z.int().positive(),
  type: z.string(),
  reason: z.string(),
  at: time,
}) satisfies z.ZodType<PutAside>;

const name = z.string().regex(/^[a-z][a-z0-9_]{0,79}$/, "a name such as rooms or rooms_v1 is required");
export const ProjectionPath = z.strictObject({ projection: name });
export const CopyPath = z.strictObject({ projection: name, schema: name });
export const ProjectionRebuildQuery = z.strictObject({
  untilPosition: whole(0).optional().describe("The world as it was, up to and with this position; stays beside the active copy"),
  untilTime: z.string().refine(isTime, "a time such as 2026-11-21T16:30:00Z is required").optional().describe("The world as it was then"),
  keep: yesNo.optional().describe("Leave the new copy beside the active one"),
});
export const SwitchQuery = z.strictObject({
  evenIfBehind: yesNo.optional().describe("Also to a copy that has not passed all that the active one has"),
});
export const ParkedQuery = z.strictObject({ projection: name.optional() });
export const RetryQuery = z.strictObject({
  stream: z.string().max(300).optional().describe("Only those of this aggregate, type/id"),
  schema: name.optional().describe("Of this copy; without it the active one"),
});
export const SkipQuery = z.strictObject({
  reason: z.string().min(1).max(2000).describe("Is kept with the event"),
  schema: name.optional().describe("Of this copy; without it the active one"),
});
export const SqlBody = z.strictObject({
  sql: z.string().describe("One query that reads"),
  limit: z.int().min(1).max(mostRows).optional().describe("Rows at most; 1000 without it"),
});
