import { randomUUIDv7 } from "node:crypto";
import { createInProcessBus, type Bus } from "@aethyr/bus";
import { createMemoryEventStore, createMemoryKeyStore, type EventStore } from "@aethyr/event-store";
import { ref, type Json, type Ref } from "@aethyr/kernel";
import type { CommandEnvelope } from "@aethyr/protocol";
import { createActorHost, serveCommands, silentLog, startRelay, systemPorts } from "@aethyr/runtime";
import { createCensus, custodyReader, world } from "@aethyr/world";
import { createOperations } from "../create-operations.ts";
import type { PartitionOperations } from "../partitions/partitions.ts";
import type { ReadModelsPart } from "../read-models/read-model-operations.ts";

export type SmallWorldOptions = {
  readonly feedEvents?: number;
  /** Milliseconds since 1970 that its events are recorded at. */
  readonly now?: () => number;
  readonly store?: EventStore;
  /** Default: it is a world in a single process. */
  readonly partitions?: PartitionOperations;
  /** Opens its read models, which their owner closes. */
  readonly openReadModels?: (parts: { readonly store: EventStore; readonly bus: Bus }) => ReadModelsPart;
};

/** A whole world in memory, for tests of what operators ask of it. */
export async function startSmallWorld({ now = Date.now, store: given, partitions, openReadModels, ...options }: SmallWorldOptions = {}) {
  const store = given ?? createMemoryEventStore();
  const keys = createMemoryKeyStore();
  const bus = createInProcessBus(options);
  const relay = await startRelay({ store, bus, log: silentLog, from: "head" });
  const host = createActorHost({
    domain: world,
    store,
    keys,
    ports: { ...systemPorts, now },
    onCommitted: (position) => relay.hint(position),
  });
  const serving = await serveCommands({ host, bus, log: silentLog });
  const readModels = openReadModels?.({ store, bus });
  const operations = createOperations({
    store,
    domain: world,
    census: createCensus(),
    custody: custodyReader,
    host,
    bus,
    ...(partitions === undefined ? {} : { partitions }),
    readModels: async () => readModels,
    commandTimeoutMs: 10_000,
  });
  return {
    store,
    bus,
    host,
    operations,
    async [Symbol.asyncDispose]() {
      await operations.close();
      await serving.close();
      await host.close();
      await relay.close();
      await bus.close();
      await store.close();
    },
  };
}
export type SmallWorld = Awaited<ReturnType<typeof startSmallWorld>>;

export const command = (type: string, target: Ref, data: Json, id: string = randomUUIDv7()): CommandEnvelope => ({
  v: 1,
  id,
  type,
  target,
  data,
  actor: "tester",
});
export const createRoom = (id: string): CommandEnvelope =>
  command("CreateRoom", ref("room", id), { name: id.length > 20 ? "A room" : `The ${id}` });
export const describe = (id: string, description: string): CommandEnvelope =>
  command("UpdateRoomDescription", ref("room", id), { description });
export const createThing = (id: string, generic: string): CommandEnvelope =>
  command("CreateGameObject", ref("game-object", id), { name: `a ${generic}`, generic });
