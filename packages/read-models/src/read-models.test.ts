import fc from "fast-check";
import { expect, test } from "vitest";
import { refOf } from "@aethyr/kernel";
import { foldInMemory, type Projection } from "@aethyr/projections";
import { world } from "@aethyr/world";
import { story } from "@aethyr/world/testing";
import { readModels } from "./index.ts";
import { recordedStory } from "./testing/recorded.ts";

type Thing = {
  readonly name: string;
  readonly generic: string;
  readonly admin?: boolean;
  readonly containerId?: string | null;
  readonly attributes: Readonly<Record<string, unknown>>;
  readonly items?: readonly string[];
  readonly equipment?: Readonly<Record<string, string>>;
  readonly exits?: Readonly<Record<string, { readonly targetRoomId: string | null }>>;
};

const sorted = (rows: readonly unknown[]): readonly string[] => rows.map((row) => JSON.stringify(row)).toSorted();
const named = (name: string): Projection => readModels.find((model) => model.name === name)!;

test("[G8][A7] every read model says what the aggregates themselves say, for any history", async () => {
  await fc.assert(
    fc.asyncProperty(story, async (commands) => {
      const { events, world: told } = await recordedStory(commands);
      const tablesOf = async (name: string) => foldInMemory(named(name), world, events);
      const all = [...told.snapshots()].map(([path, { state }]) => {
        return { ...refOf(path), gone: state.status === "done", context: state.context as unknown as Thing };
      });
      const there = all.filter(({ gone }) => !gone);

      const { game_objects = [] } = await tablesOf("game_objects");
      expect(sorted(game_objects.map(({ id, name, generic, deleted }) => [id, name, generic, deleted]))).toEqual(
        sorted(all.filter(({ type }) => type === "game-object").map(({ id, gone, context }) => [id, context.name, context.generic, gone])),
      );
      const { players = [] } = await tablesOf("players");
      expect(sorted(players.map(({ id, name, admin, room_id, deleted }) => [id, name, admin, room_id, deleted]))).toEqual(
        sorted(
          all
            .filter(({ type }) => type === "player")
            .map(({ id, gone, context: { name, admin, containerId } }) => [
              id,
              name,
              admin,
              gone || !containerId ? null : refOf(containerId).id,
              gone,
            ]),
        ),
      );
      const { rooms = [], room_exits = [] } = await tablesOf("rooms");
      expect(sorted(rooms.map(({ id, name, deleted }) => [id, name, deleted]))).toEqual(
        sorted(all.filter(({ type }) => type === "room").map(({ id, gone, context }) => [id, context.name, gone])),
      );
      expect(sorted(room_exits.map(({ room_id, direction, target_room_id }) => [room_id, direction, target_room_id]))).toEqual(
        sorted(
          there.flatMap(({ id, context }) =>
            Object.entries(context.exits ?? {}).map(([direction, { targetRoomId }]) => [id, direction, targetRoomId]),
          ),
        ),
      );
      const { object_locations = [] } = await tablesOf("object_locations");
      expect(sorted(object_locations.map((row) => [row["object_type"], row["object_id"], placeIn(row)]))).toEqual(
        sorted(there.filter(({ type }) => type !== "room").map(({ type, id, context }) => [type, id, context.containerId ?? null])),
      );
      const { inventory_items = [], equipment = [] } = await tablesOf("inventory");
      expect(sorted(inventory_items.map((row) => [row["holder_type"], row["holder_id"], row["item_id"]]))).toEqual(
        sorted(there.flatMap(({ type, id, context }) => (context.items ?? []).map((item) => [type, id, item]))),
      );
      expect(sorted(equipment.map((row) => [row["holder_type"], row["holder_id"], row["slot"], row["item_id"]]))).toEqual(
        sorted(
          there.flatMap(({ type, id, context }) => Object.entries(context.equipment ?? {}).map(([slot, item]) => [type, id, slot, item])),
        ),
      );
      const { attributes = [] } = await tablesOf("attributes");
      expect(sorted(attributes.map((row) => [row["aggregate_type"], row["aggregate_id"], row["key"], valueIn(row)]))).toEqual(
        sorted(there.flatMap(({ type, id, context }) => Object.entries(context.attributes).map(([key, value]) => [type, id, key, value]))),
      );
      const { custody = [] } = await tablesOf("custody");
      for (const { type, id, gone, context } of all) {
        if (type !== "game-object") continue;
        const held = custody
          .filter((row) => row["item_id"] === id)
          .toSorted((a, b) => Number(a["from_position"]) - Number(b["from_position"]));
        const open = held.filter((row) => row["until_position"] === null);
        expect(open.map(placeIn)).toEqual(gone ? [] : [context.containerId ?? null]);
        for (const [index, row] of held.entries()) {
          const next = held[index + 1];
          if (next !== undefined)
            expect([row["until_position"], row["until_time"], row["until_command"], row["until_actor"]]).toEqual([
              next["from_position"],
              next["from_time"],
              next["from_command"],
              next["from_actor"],
            ]);
        }
      }
      const { event_types = [], aggregate_types = [] } = await tablesOf("statistics");
      expect(event_types.reduce((sum, row) => sum + Number(row["events"]), 0)).toBe(events.length);
      expect(aggregate_types.reduce((sum, row) => sum + Number(row["aggregates"]), 0)).toBe(all.length);
    }),
    { numRuns: 60 },
  );
});

const placeIn = (row: Readonly<Record<string, unknown>>): string | null =>
  typeof row["container_id"] === "string" && typeof row["container_type"] === "string"
    ? `${row["container_type"]}/${row["container_id"]}`
    : null;

function valueIn({ kind, text_value, number_value, boolean_value }: Readonly<Record<string, unknown>>): unknown {
  if (kind === "json") return JSON.parse(String(text_value));
  return kind === "text" ? text_value : kind === "number" ? number_value : kind === "boolean" ? boolean_value : null;
}

test("[A11] no two read models have a table of the same name, and every table says what its columns hold", () => {
  const names = readModels.flatMap(({ tables }) => Object.keys(tables));
  expect(new Set(names).size).toBe(names.length);
  expect(names.toSorted()).toEqual([
    "aggregate_types",
    "attributes",
    "custody",
    "equipment",
    "event_types",
    "game_objects",
    "inventory_items",
    "object_locations",
    "players",
    "room_exits",
    "rooms",
  ]);
});

test("[D39] no column holds a password, not even sealed", async () => {
  const phc = "$argon2id$v=19$m=65536,t=3,p=4$c2FsdHNhbHRzYWx0$aGFzaGhhc2hoYXNoaGFzaGhhc2hoYXNoaGFzaGhhc2g";
  const { events } = await recordedStory([
    { command: "CreatePlayer", target: "player/ann", input: { name: "Ann", passwordHash: phc } },
    { command: "UpdatePlayerPassword", target: "player/ann", input: { passwordHash: phc.replace("m=65536", "m=65537") } },
  ]);
  expect(events).toHaveLength(2);
  for (const model of readModels) expect(JSON.stringify(await foldInMemory(model, world, events))).not.toMatch(/argon2|sealed/);
});
