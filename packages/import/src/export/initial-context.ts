import { createInstance, ref, snapshotOf, type AggregateKind, type Json } from "@aethyr/kernel";

/** The fields that an aggregate begins with, those of extensions among them. */
export const initialContext = (kind: AggregateKind): Readonly<Record<string, Json>> =>
  snapshotOf(createInstance(kind, ref(kind.type, "any"))).state.context as Readonly<Record<string, Json>>;
