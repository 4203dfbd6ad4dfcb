import { StoreError } from "./errors.ts";
import type { Statistics } from "./statistics.ts";

type Counted = Pick<
  Statistics,
  "events_stored" | "events_loaded" | "snapshots_stored" | "snapshots_loaded" | "store_failures" | "load_failures"
>;

/** What a store did since it was opened. */
export type Counters = {
  /** Runs a store or a load, and counts its failure if it is one of the store and not of the request. */
  readonly storing: <T>(work: () => Promise<T>) => Promise<T>;
  readonly loading: <T>(work: () => Promise<T>) => Promise<T>;
  readonly add: (counter: keyof Counted, by: number) => void;
  readonly read: () => Counted;
};

const failures: ReadonlySet<string> = new Set(["unavailable", "outcome_unknown", "corrupt_store", "foreign_store"]);

export function createCounters(): Counters {
  const counted = { events_stored: 0, events_loaded: 0, snapshots_stored: 0, snapshots_loaded: 0, store_failures: 0, load_failures: 0 };
  const counting =
    (failure: "store_failures" | "load_failures") =>
    async <T>(work: () => Promise<T>): Promise<T> => {
      try {
        return await work();
      } catch (error) {
        if (!(error instanceof StoreError) || failures.has(error.code)) counted[failure] += 1;
        throw error;
      }
    };
  return {
    storing: counting("store_failures"),
    loading: counting("load_failures"),
    add: (counter, by) => {
      counted[counter] += by;
    },
    read: () => ({ ...counted }),
  };
}

/** Counts one more under a name. */
export function increment(counts: Map<string, number>, name: string): void {
  counts.set(name, (counts.get(name) ?? 0) + 1);
}

/** A histogram with the most frequent first; equals by name. */
export const mostFrequentFirst = (counts: Iterable<readonly [string, number]>): Record<string, number> =>
  Object.fromEntries([...counts].sort(([nameA, a], [nameB, b]) => b - a || (nameA < nameB ? -1 : 1)));
