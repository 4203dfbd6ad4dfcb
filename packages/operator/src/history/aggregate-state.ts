import type { EventStore } from "@aethyr/event-store";
import { aggregateViewOf, Ref, type Instance } from "@aethyr/kernel";
import { z } from "zod";
import { json } from "../any-json.ts";
import { EventNote, withoutData } from "./event-note.ts";

/** An aggregate at one version, as an operator sees it. */
export const AggregateState = z.object({
  ref: Ref,
  version: z.int().positive(),
  status: z.enum(["active", "ended"]),
  states: json.describe("The active states of its chart, such as `existing` or `{ existing: standing }`"),
  context: json.describe("Its data; sealed fields stay sealed"),
  last: EventNote.optional().describe("The event that led here"),
});
export type AggregateState = Readonly<z.infer<typeof AggregateState>>;

/** An instance as operators see it, with the event that led to it. */
export async function stateOfInstance(store: Pick<EventStore, "readStream">, instance: Instance): Promise<AggregateState> {
  const { ref, version } = instance;
  const [last] = await store.readStream(ref, { from: version, to: version, limit: 1 });
  return { ...aggregateViewOf(instance), last: last && withoutData(last) };
}
