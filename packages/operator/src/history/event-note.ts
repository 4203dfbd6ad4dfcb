import type { StoredEvent } from "@aethyr/event-store";
import { Ref, type RecordedEvent } from "@aethyr/kernel";
import { z } from "zod";

/** An event without what it changed: what, when, who, why, which story. */
export const EventNote = z.object({
  id: z.string(),
  type: z.string(),
  schema: z.int(),
  machine: z.int(),
  time: z.string().describe("ISO 8601, UTC"),
  meta: z.object({ command: z.string(), actor: z.string().nullable(), correlation: z.string(), causation: z.string().nullable() }),
  stream: Ref,
  version: z.int().positive().describe("Place in its stream, from 1"),
  position: z.int().min(0).describe("Place in the whole log; grows, with holes. 0: provisional, and not in the log yet"),
}) satisfies z.ZodType<Omit<RecordedEvent, "data">>;
export type EventNote = Readonly<z.infer<typeof EventNote>>;

/** Without what only the store's own readers need. */
export function recorded({ bytes: _, ...event }: StoredEvent): RecordedEvent {
  return event;
}

export function withoutData({ bytes: _, data: __, ...event }: StoredEvent): EventNote {
  return event;
}
