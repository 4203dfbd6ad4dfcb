import { randomUUIDv7 } from "node:crypto";
import { createInProcessBus } from "@aethyr/bus";
import { createMemoryEventStore, createMemoryKeyStore } from "@aethyr/event-store";
import { ref, type Json, type Ref } from "@aethyr/kernel";
import type { CommandEnvelope } from "@aethyr/protocol";
import { createActorHost, serveCommands, silentLog, startRelay } from "@aethyr/runtime";
import { createCensus, world } from "@aethyr/world";
import { createOperations } from "../create-operations.ts";

/** A whole world in memory, for tests of what operators ask of it. */
export async function startSmallWorld(options: { readonly feedEvents?: number } = {}) {
  const store = createMemoryEventStore();
  const keys = createMemoryKeyStore();
  const bus = createInProcessBus(options);
  const relay = await startRelay({ store, bus, log: silentLog, from: "head" });
  const host = createActorHost({ domain: world, store, keys, onCommitted: (position) => relay.hint(position) });
  const serving = await serveCommands({ host, bus, log: silentLog });
  const operations = createOperations({ store, domain: world, census: createCensus(), host, bus, commandTimeoutMs: 10_000 });
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

export const command = (type: string, target: Ref, data: Json, id = randomUUIDv7()): CommandEnvelope => ({
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
