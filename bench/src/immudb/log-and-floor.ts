import type { EventStore } from "@aethyr/event-store";
import { openImmudbEventStore, type ImmudbEventStore } from "@aethyr/event-store/immudb";
import type { RunningServer } from "@aethyr/servers";
import type { BareImmudb } from "./bare-client.ts";
import { startImmudbServer } from "./immudb-server.ts";

/** A log to be measured, and beside it on the same server an empty database of the same settings for a floor. */
export type LogAndFloor = {
  readonly store: ImmudbEventStore;
  readonly floor: BareImmudb;
  readonly server: RunningServer;
  /** The log as another process would find it. */
  again<T>(use: (store: EventStore) => Promise<T>): Promise<T>;
};

/** Starts a server in a folder, and ends it when the work is done. */
export async function withLogAndFloor<T>(directory: string, use: (logs: LogAndFloor) => Promise<T>): Promise<T> {
  const { server, place, bare } = await startImmudbServer({ directory });
  try {
    const store = await openImmudbEventStore({ ...place("measured"), create: true });
    // The store makes the database and its first record, so that the floor's preconditions hold as they did in the round.
    await (await openImmudbEventStore({ ...place("floor"), create: true })).close();
    const again: LogAndFloor["again"] = async (read) => {
      const other = await openImmudbEventStore(place("measured"));
      try {
        return await read(other);
      } finally {
        await other.close();
      }
    };
    const result = await bare("floor", (floor) => use({ store, floor, server, again }));
    await store.close();
    return result;
  } finally {
    await server.stop();
  }
}
