import { expect, test } from "vitest";
import { createMemoryEventStore, type EventStore } from "@aethyr/event-store";
import { ref, type Domain, type EventKind, type Json, type Ref } from "@aethyr/kernel";
import { createCensus, world } from "@aethyr/world";
import { createWorldCounts } from "./world-counts.ts";

const append = async (store: EventStore, stream: Ref, type: string, data: Json, schema = 1): Promise<void> => {
  const meta = { command: "c", actor: null, correlation: "c", causation: null };
  const [result] = await store.append([
    {
      writes: [
        {
          stream,
          expected: "any",
          events: [{ id: `${type}/${crypto.randomUUID()}`, type, schema, machine: 1, time: "2026-01-01T00:00:00Z", data, meta }],
        },
      ],
    },
  ]);
  expect(result?.ok).toBe(true);
};

test("[A21] each event is read once, however often and at once the counts are asked for", async () => {
  const store = createMemoryEventStore();
  const read: number[] = [];
  const counts = createWorldCounts({ ...store, readAll: async (after) => (read.push(after), store.readAll(after)) }, world, createCensus());
  await append(store, ref("room", "a"), "RoomCreated", {});
  const [one, other] = await Promise.all([counts.read(), counts.read()]);
  expect(one).toEqual(other);
  await append(store, ref("player", "p"), "PlayerCreated", {});
  expect(await counts.read()).toEqual({
    census: { rooms: 1, exits: 0, players: 1, game_objects: {} },
    head: await store.head(),
    events: 2,
  });
  expect(new Set(read).size).toBe(3);
  await append(store, ref("player", "p"), "GameObjectDeleted", {});
  expect(await counts.read()).toMatchObject({ census: { rooms: 1, players: 0 }, events: 3 });
});

test("an exit that is added anew in its direction is still one, and one that is not there is none less", async () => {
  const store = createMemoryEventStore();
  const hall = ref("room", "hall");
  await append(store, hall, "RoomCreated", {});
  for (const direction of ["north", "north", "south"]) await append(store, hall, "RoomExitAdded", { direction, targetRoomId: "yard" });
  await append(store, hall, "RoomExitRemoved", { direction: "up" });
  expect(await createWorldCounts(store, world, createCensus()).read()).toMatchObject({ census: { rooms: 1, exits: 2 } });
});

test("events of older shapes are counted in their current one; those of other domains are only counted as events", async () => {
  const kind = world.aggregates.get("game-object");
  const created = kind?.events.get("GameObjectCreated");
  if (kind === undefined || created === undefined) throw new Error("the game world has no game objects");
  const renamed: EventKind = {
    ...created,
    version: 2,
    upcasters: (from) => (from === 1 ? (data) => ({ generic: (data as { kind: string }).kind }) : undefined),
  };
  const domain: Domain = {
    ...world,
    aggregates: new Map([
      ...world.aggregates,
      ["game-object", { ...kind, events: new Map([...kind.events, ["GameObjectCreated", renamed]]) }],
    ]),
  };
  const store = createMemoryEventStore();
  await append(store, ref("game-object", "old"), "GameObjectCreated", { kind: "sword" }, 1);
  await append(store, ref("game-object", "new"), "GameObjectCreated", { generic: "sword" }, 2);
  await append(store, ref("game-object", "odd"), "GameObjectCreated", { generic: "shield" }, 7);
  await append(store, ref("word-game", "w"), "GuessProcessed", {});
  expect(await createWorldCounts(store, domain, createCensus()).read()).toMatchObject({
    census: { game_objects: { shield: 1, sword: 2 } },
    events: 4,
  });
});
