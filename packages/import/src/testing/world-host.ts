import { createMemoryEventStore, createMemoryKeyStore, type EventStore, readLog } from "@aethyr/event-store";
import { type Domain, type Json, pathOf } from "@aethyr/kernel";
import { createActorHost } from "@aethyr/runtime";
import { world } from "@aethyr/world";
import type { Send } from "../run/send-batch.ts";

/** A real host of the world on a memory store, as an import meets it. */
export type WorldHost = {
  readonly store: EventStore;
  readonly send: Send;
  readonly close: () => Promise<void>;
};

/** A world of the game, or of another domain. */
export function startWorldHost(domain: Domain = world): WorldHost {
  const store = createMemoryEventStore();
  const keys = createMemoryKeyStore();
  const host = createActorHost({ domain, store, keys });
  return {
    store,
    send: (commands) => Promise.all(commands.map((command) => host.submit(command))),
    close: async () => {
      await host.close();
      await store.close();
    },
  };
}

/** What every stream says, without who said it when: the same for two worlds that came about in another order. */
export async function worldIn(store: EventStore): Promise<Readonly<Record<string, readonly string[]>>> {
  const streams = new Map<string, string[]>();
  for await (const { stream, type, data } of readLog(store)) {
    const path = pathOf(stream);
    streams.set(path, [...(streams.get(path) ?? []), JSON.stringify([type, data])]);
  }
  return Object.fromEntries([...streams].sort(([one], [other]) => (one < other ? -1 : 1)).map(([path, said]) => [path, said.sort()]));
}

/** Where things are, told twice: by the things themselves and by who holds them. */
export type Places = {
  /** Of every thing that exists, by path. */
  readonly containerOf: ReadonlyMap<string, string | null>;
  /** Each time that a holder has a thing: `[holder, thing, slot]`, the slot null for what is carried or contained. */
  readonly held: readonly (readonly [holder: string, thing: string, slot: string | null])[];
};

export async function placesIn(store: EventStore): Promise<Places> {
  const containerOf = new Map<string, string | null>();
  const holders = new Map<string, Map<string, string | null>>();
  for await (const event of readLog(store)) {
    const path = pathOf(event.stream);
    const data = event.data as Readonly<Record<string, Json>>;
    const thing = `game-object/${data["itemId"] as string}`;
    const holding = holders.get(path) ?? new Map<string, string | null>();
    switch (event.type) {
      case "GameObjectCreated":
        containerOf.set(path, data["containerId"] as string | null);
        break;
      case "ItemAddedToInventory":
        holders.set(path, holding.set(thing, null));
        break;
      case "ItemEquipped":
        holders.set(path, holding.set(thing, data["slot"] as string));
        break;
      case "RoomCreated":
      case "RoomExitAdded":
        break;
      default:
        throw new Error(`an import makes no ${event.type}`);
    }
  }
  const held = [...holders].flatMap(([holder, things]) => [...things].map(([thing, slot]) => [holder, thing, slot] as const));
  return { containerOf, held };
}
