import { Ref } from "@aethyr/kernel";
import { z } from "zod";
import { ErrorAnswer } from "./schemas.ts";

const count = z.int().nonnegative();
const compared = { compared: count, different: count };

const BadAnswer = z.object({
  stream: Ref.nullable().describe("Null: the log as a whole"),
  what: z.enum(["log", "live", "snapshot"]),
  version: count,
  code: z.string(),
  message: z.string(),
});

const ReportAnswer = z.object({
  streams: count,
  events: count,
  equal: count,
  different: count,
  failed: count,
  live: z.object(compared),
  snapshots: z.object({ ...compared, unused: count, written: count }),
  anew: z.object(compared).nullable(),
  complete: z.boolean().nullable(),
  aggregates: count,
  hash: z.string().describe("SHA-256 over the states of all that exists"),
  ms: count,
  bad: z.array(BadAnswer),
  moreBad: count,
});

/** A line of a rebuild; the last one is its report, or why it broke off. */
export const RebuildLine = z.discriminatedUnion("kind", [
  z.object({ kind: z.literal("progress"), streams: count, events: count, ofStreams: count, ofEvents: count, bad: count }),
  z.object({ kind: z.literal("bad"), bad: BadAnswer }),
  z.object({ kind: z.literal("report"), report: ReportAnswer }),
  z.object({ kind: z.literal("failure"), status: z.int(), failure: ErrorAnswer }),
]);
