import { createInProcessBus, type CommandLanes } from "@aethyr/bus";
import { createMemoryKeyStore, type EventStore } from "@aethyr/event-store";
import {
  createActorHost,
  createMetrics,
  serveCommands,
  silentLog,
  startRelay,
  systemPorts,
  type ActorHost,
  type HostOptions,
  type Ports,
} from "@aethyr/runtime";
import { world } from "@aethyr/world";

/** A world's working parts in this process, put together as the embedded profile does. */
export type EmbeddedSystem = {
  readonly bus: CommandLanes;
  readonly host: ActorHost;
  /** All but the store, which is whose it was. */
  close(): Promise<void>;
};

export type SystemParts = {
  readonly store: EventStore;
  /** Whether every event is also published to the event feed, as in a running world. */
  readonly relay: boolean;
  readonly options?: Partial<HostOptions>;
  readonly ports?: Ports;
};

export async function startSystem({ store, relay: withRelay, options = {}, ports = systemPorts }: SystemParts): Promise<EmbeddedSystem> {
  const bus = createInProcessBus();
  const relay = withRelay ? await startRelay({ store, bus, log: silentLog, from: "head" }) : undefined;
  const host = createActorHost({
    domain: world,
    store,
    keys: createMemoryKeyStore(),
    metrics: createMetrics(),
    ports,
    options,
    onCommitted: (position) => relay?.hint(position),
  });
  const serving = await serveCommands({ host, bus, log: silentLog });
  return {
    bus,
    host,
    async close() {
      await serving.close();
      await host.close();
      await relay?.close();
      await bus.close();
    },
  };
}
