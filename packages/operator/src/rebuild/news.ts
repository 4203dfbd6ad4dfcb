import { Ref } from "@aethyr/kernel";
import { z } from "zod";

export type RebuildOptions = {
  /** Once compared, actors in memory are thrown away and made anew from the log; then they are compared again. */
  readonly clear?: boolean;
  /** Stored snapshots that differ are replaced by right ones, and missing ones are written where the type's policy wants them. */
  readonly writeSnapshots?: boolean;
  readonly signal?: AbortSignal;
};

const count = z.int().nonnegative();

/** Something that is not as the events make it. */
const BadState = z.object({
  stream: Ref.nullable().describe("Null: the log as a whole"),
  what: z
    .enum(["log", "live", "snapshot"])
    .describe("`log`: its events cannot be replayed; `live`, `snapshot`: what is in memory, or stored, is another state than they lead to"),
  version: count.describe("Where it shows; 0 for the log as a whole"),
  code: z.string().describe("Of the error, or `differs`, `ahead_of_log`, `incomplete`"),
  message: z.string(),
});
export type BadState = Readonly<z.infer<typeof BadState>>;

const Compared = z.object({ compared: count, different: count });

const RebuildReport = z.object({
  streams: count.describe("Streams of the log that were replayed, those included that came meanwhile"),
  events: count.describe("Events in them"),
  equal: count.describe("Streams that are equal to everything that is kept of them"),
  different: count.describe("Streams that are different from something that is kept of them"),
  failed: count.describe("Streams that cannot be replayed to their end"),
  live: Compared.describe("Actors in memory"),
  snapshots: Compared.extend({
    unused: count.describe("Of another machine, or of a later log: nobody reads them"),
    written: count,
  }).describe("Stored ones"),
  anew: Compared.nullable().describe("Actors that were made anew, and how they compare then; null without `clear`"),
  complete: z
    .boolean()
    .nullable()
    .describe("Whether the log says that it has as many events and streams as were found; null where it grew too fast to be asked"),
  aggregates: count.describe("That exist at the end"),
  hash: z.string().describe("SHA-256 over the states of all that exists, by path: equal worlds have equal ones"),
  ms: count,
  bad: z.array(BadState).describe("The first of what is bad"),
  moreBad: count.describe("How much more there is"),
});
export type RebuildReport = Readonly<z.infer<typeof RebuildReport>>;

/** What a rebuild tells while it goes on; the report comes last. */
export const RebuildNews = z.discriminatedUnion("kind", [
  z.object({
    kind: z.literal("progress"),
    streams: count,
    events: count,
    ofStreams: count.describe("As many as the log had at the beginning"),
    ofEvents: count.describe("As many as the log had at the beginning"),
    bad: count,
  }),
  z.object({ kind: z.literal("bad"), bad: BadState }),
  z.object({ kind: z.literal("report"), report: RebuildReport }),
]);
export type RebuildNews = Readonly<z.infer<typeof RebuildNews>>;

export const isClean = ({ bad, moreBad }: Pick<RebuildReport, "bad" | "moreBad">): boolean => bad.length + moreBad === 0;
