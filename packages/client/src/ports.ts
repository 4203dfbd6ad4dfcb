import type { Json, Ref } from "@aethyr/kernel";

/** An aggregate as its owner sees it. Sealed fields stay sealed. */
export type AggregateView = {
  readonly ref: Ref;
  readonly version: number;
  readonly status: "active" | "ended";
  /** The active states of its chart, such as `existing` or `{ existing: "standing" }`. */
  readonly states: Json;
  readonly context: Json;
};

/** Who answers for aggregates. */
export type Reader = {
  /** The committed state, not older than a position of the log; undefined where there is no such aggregate. */
  read(target: Ref, atLeast: number): Promise<AggregateView | undefined>;
};

/** Where read models stand. */
export type ReadModels = {
  /** Resolves when the named one shows everything up to a position; rejects with `read_model_behind` or the signal's reason. */
  caughtUp(name: string, position: number, options: { readonly timeoutMs: number; readonly signal?: AbortSignal }): Promise<void>;
};
