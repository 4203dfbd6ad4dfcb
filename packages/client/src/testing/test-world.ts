import { createInProcessBus, type Bus } from "@aethyr/bus";
import { createMemoryEventStore, createMemoryKeyStore, type EventStore } from "@aethyr/event-store";
import type { Domain, KeyStore } from "@aethyr/kernel";
import { createActorHost, serveCommands, silentLog, startRelay, type HostOptions } from "@aethyr/runtime";
import { createClient, type Client } from "../client.ts";
import { createLogReader } from "../log-reader.ts";

export type TestWorld<D extends Domain> = {
  readonly client: Client<D>;
  readonly store: EventStore;
  readonly keys: KeyStore;
  readonly bus: Bus;
  /** Another client, such as a second player's. */
  connect(actor?: string): Client<D>;
  close(): Promise<void>;
  [Symbol.asyncDispose](): Promise<void>;
};

export type TestWorldOptions = {
  /** Default: a new one in memory. It stays its owner's. */
  readonly store?: EventStore;
  readonly host?: Partial<HostOptions>;
};

/** A whole world in memory for a game's own tests: the real host, bus and relay, and nothing is kept. `await using` closes it. */
export async function startTestWorld<D extends Domain>(domain: D, options: TestWorldOptions = {}): Promise<TestWorld<D>> {
  const store = options.store ?? createMemoryEventStore();
  const keys = createMemoryKeyStore();
  const bus = createInProcessBus();
  const relay = await startRelay({ store, bus, log: silentLog, from: "head" });
  const host = createActorHost({
    domain,
    store,
    keys,
    options: { stallMs: 0, ...options.host },
    onCommitted: (position) => relay.hint(position),
  });
  const serving = await serveCommands({ host, bus, log: silentLog });
  const clients: Client<D>[] = [];
  const connect = (actor?: string): Client<D> => {
    const reader = createLogReader({ store, domain });
    const made = createClient({ domain, lanes: bus, log: store, feed: bus, reader, ...(actor === undefined ? {} : { actor }) });
    clients.push(made);
    return made;
  };
  const close = async (): Promise<void> => {
    for (const client of clients) await client.close();
    await serving.close();
    await host.close();
    await relay.close();
    await bus.close();
    if (options.store === undefined) await store.close();
  };
  return { client: connect(), store, keys, bus, connect, close, [Symbol.asyncDispose]: close };
}
