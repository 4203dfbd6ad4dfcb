import { vi } from "vitest";
import type { Ref } from "@aethyr/kernel";
import { freshId, write } from "../../contract/samples.ts";
import type { Commit, EventStore } from "../../event-store.ts";
import { createMemoryEventStore } from "../../memory/memory-event-store.ts";
import type { Threads } from "../../sqlite/sqlite-event-store.ts";
import { journalOnThreads, type JournaledEventStore, type JournalOptions } from "../with-journal.ts";
import { createUnsteadyStore, type UnsteadyStore } from "./unsteady-store.ts";

export type Setup = {
  /** The log itself, as whoever else writes it sees it. */
  readonly world: EventStore;
  /** The same, as the journal sees it. */
  readonly primary: UnsteadyStore;
  readonly store: JournaledEventStore;
  readonly directory: string;
  /** Closes the journal and opens it again on what it has kept. */
  reopen(more?: Partial<JournalOptions>): Promise<JournaledEventStore>;
};

/** A journal on a log in memory. */
export async function setUp(directory: string, more: Partial<JournalOptions> = {}, threads: Threads = "caller"): Promise<Setup> {
  const world = createMemoryEventStore();
  const primary = createUnsteadyStore(world);
  const open = (again: Partial<JournalOptions> = {}): Promise<JournaledEventStore> =>
    journalOnThreads({ primary, logId: "log", directory, pauseMs: 2, ...more, ...again }, threads);
  const store = await open();
  return {
    world,
    primary,
    store,
    directory,
    async reopen(again) {
      await store.close();
      return open(again);
    },
  };
}

/** A commit of one command that writes streams at their versions. */
export const commanded = (
  ...writes: readonly (readonly [stream: Ref, expected: number, events?: number])[]
): Commit & {
  readonly command: NonNullable<Commit["command"]>;
} => ({
  writes: writes.map(([stream, expected, events = 1]) => write(stream, expected, events)),
  command: { id: freshId(), outcome: { of: writes.length } },
});

/** Everything is in the log, or put aside. */
export const drained = (store: JournaledEventStore): Promise<void> =>
  vi.waitFor(
    () => {
      if (store.outage().state !== "none") throw new Error(`still ${JSON.stringify(store.outage())}`);
    },
    { timeout: 20_000, interval: 10 },
  );

/** The versions that a log has of a stream, as it gives them. */
export const versionsIn = async (log: EventStore, stream: Ref): Promise<readonly number[]> =>
  (await log.readStream(stream)).map(({ version }) => version);
