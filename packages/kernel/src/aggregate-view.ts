import { snapshotOf, type Instance } from "./instance.ts";
import type { Json } from "./json.ts";
import type { Ref } from "./ref.ts";

/** An aggregate at one version, as it is shown outside. Sealed fields stay sealed. */
export type AggregateView = {
  readonly ref: Ref;
  readonly version: number;
  readonly status: "active" | "ended";
  /** The active states of its chart, such as `existing` or `{ existing: "standing" }`. */
  readonly states: Json;
  readonly context: Json;
};

export function aggregateViewOf(instance: Instance): AggregateView {
  const { ref, version } = instance;
  const { status, value, context } = snapshotOf(instance).state;
  return { ref: { type: ref.type, id: ref.id }, version, status: status === "done" ? "ended" : "active", states: value, context };
}
