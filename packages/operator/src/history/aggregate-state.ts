import type { EventStore } from "@aethyr/event-store";
import type { Instance, Json } from "@aethyr/kernel";
import type { AggregateState } from "../operations.ts";
import { withoutData } from "./event-note.ts";

/** An instance as operators see it, with the event that led to it. */
export async function stateOfInstance(store: Pick<EventStore, "readStream">, { ref, actor, version }: Instance): Promise<AggregateState> {
  const { status, value, context } = actor.getSnapshot() as { status: string; value: Json; context: Json };
  const [last] = await store.readStream(ref, { from: version, to: version, limit: 1 });
  return {
    ref: { type: ref.type, id: ref.id },
    version,
    status: status === "done" ? "ended" : "active",
    states: value,
    context,
    last: last && withoutData(last),
  };
}
