import type { AggregateView, Ref } from "@aethyr/kernel";

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
