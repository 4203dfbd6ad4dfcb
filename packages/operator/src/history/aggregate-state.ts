import type { EventStore } from "@aethyr/event-store";
import { snapshotOf, type Instance } from "@aethyr/kernel";
import type { AggregateState } from "../operations.ts";
import { withoutData } from "./event-note.ts";

/** An instance as operators see it, with the event that led to it. */
export async function stateOfInstance(store: Pick<EventStore, "readStream">, instance: Instance): Promise<AggregateState> {
  const { ref, version } = instance;
  const { status, value, context } = snapshotOf(instance).state;
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
