import { createClient, startSystem } from "@aethyr/bench/system";
import type { EventStore } from "@aethyr/event-store";
import { openImmudbEventStore, type ImmudbOptions } from "@aethyr/event-store/immudb";
import type { Ports } from "@aethyr/runtime";
import type { Ask } from "./senders.ts";

/** A world on a log in ImmuDB: what clients ask goes by the bus, the actor host and the store, and the reply comes back the same way. */
export type World = {
  readonly store: EventStore;
  readonly ask: Ask;
  close(): Promise<void>;
};

export async function openWorld(options: ImmudbOptions, ports?: Ports): Promise<World> {
  const store = await openImmudbEventStore(options);
  // A load that is stopped in the middle of a fault must not take its time to finish.
  const system = await startSystem({ store, relay: false, options: { drainMs: 3_000 }, ...(ports === undefined ? {} : { ports }) });
  const { request } = createClient(system.bus);
  let closing: Promise<void> | undefined;
  return {
    store,
    ask: request,
    close: () =>
      (closing ??= (async () => {
        await system.close();
        await store.close();
      })()),
  };
}
