import { createMemoryEventStore, type EventStore, type FencedEventStore } from "@aethyr/event-store";

// Of one test file: vitest loads the modules anew for each.
let make: () => EventStore | FencedEventStore = createMemoryEventStore;
let part = 1;

/** An empty store for a test: in memory, or on the engine of the test project, see `vitest.config.ts`. Whoever opens it need not close it. */
export const openTestStore = (): EventStore => make();

/** The same, if the engine is one that several hosts may write; undefined if it is not. */
export function openFencedTestStore(): FencedEventStore | undefined {
  const store = make();
  return "fences" in store ? store : undefined;
}

/** Whether the stores of this test file are on a real engine, which takes real time. */
export const onRealEngine = (): boolean => part < 1;

/** How many runs a law gets here that gets so many in memory: a real engine costs more, and shows other faults than rare cases. */
export const runsHere = (inMemory: number): number => Math.ceil(inMemory * part);

/** For setup files: what the stores of a test file are from now on, and which part of the runs in memory its laws get. */
export function installTestStores(other: () => EventStore | FencedEventStore, partOfRuns: number): void {
  make = other;
  part = partOfRuns;
}
