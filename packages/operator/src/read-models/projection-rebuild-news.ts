import type { Comparison } from "@aethyr/projections";
import { z } from "zod";

const count = z.int().nonnegative();

/** A copy against the active one; declared by the projections. */
export const ComparisonOfCopies: z.ZodType<Comparison> = z.object({
  left: z.string().describe("Schema of the active copy"),
  right: z.string(),
  position: count.describe("Position of the log that both were at"),
  equal: z.boolean(),
  tables: z.array(
    z.object({
      table: z.string(),
      leftRows: count.nullable(),
      rightRows: count.nullable(),
      onlyLeft: count,
      onlyRight: count,
      changed: count,
      otherColumns: z.array(z.string()).describe("Columns that are not compared"),
      keys: z.array(z.record(z.string(), z.unknown())).describe("Keys of rows that differ, the first of them"),
    }),
  ),
});

const ProjectionRebuildReport = z.object({
  projection: z.string(),
  schema: z.string().describe("Of the new copy"),
  position: count.describe("Of the last event that is in it"),
  events: count.describe("How many it has passed"),
  ms: count,
  comparison: ComparisonOfCopies.nullable().describe(
    "Against the copy that was active; null where it was not asked for, and where that one was paused",
  ),
  switched: z.boolean().describe("Whether the views show the new copy now"),
  before: z.string().nullable().describe("The copy that was active, and is kept until it is dropped; null where nothing was switched"),
});
export type ProjectionRebuildReport = Readonly<z.infer<typeof ProjectionRebuildReport>>;

/** A rebuild of a projection as it goes; the last news is the report. */
export const ProjectionRebuildNews = z.discriminatedUnion("kind", [
  z.object({ kind: z.literal("made"), schema: z.string() }),
  z.object({
    kind: z.literal("progress"),
    schema: z.string(),
    events: count.describe("Of the log, that the copy has passed"),
    lagEvents: count.describe("That it has not"),
    eventsPerSecond: z.number().nullable(),
    etaSeconds: z.number().nullable(),
  }),
  z.object({ kind: z.literal("report"), report: ProjectionRebuildReport }),
]);
export type ProjectionRebuildNews = Readonly<z.infer<typeof ProjectionRebuildNews>>;
