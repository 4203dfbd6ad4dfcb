import { isDeepStrictEqual } from "node:util";
import { pathOf, ref, refOf, type Json, type Ref } from "@aethyr/kernel";
import { gameObject, player, room, Slot } from "@aethyr/world";
import { z } from "zod";

/** An aggregate as it is: what `showAggregate` gives of one. */
export type ExportedState = { readonly ref: Ref; readonly states: Json; readonly context: Json };

/** A command of an export. All of one phase come before those of the next. */
export type ExportedCommand = { readonly phase: string; readonly type: string; readonly target: Ref; readonly data: Json };

/** What an export cannot carry; it is not in it. */
export type LeftOut = { readonly ref: Ref; readonly why: string };

export type WorldExport = { readonly commands: readonly ExportedCommand[]; readonly leftOut: readonly LeftOut[] };

const json = z.custom<Json>((value) => value !== undefined);
const RoomState = z.object({
  name: json,
  description: json,
  exits: z.record(z.string(), z.looseObject({ targetRoomId: z.string().nullable() })),
  attributes: json,
});
const ThingState = z.object({
  name: json,
  generic: json,
  attributes: json,
  containerId: z.string().nullable(),
  items: z.array(z.string()),
  positions: z.record(z.string(), json),
  equipment: z.partialRecord(Slot, z.string()),
});
type Thing = z.infer<typeof ThingState>;

/** Fields that follow from the others, or from commands about others. */
const known: Readonly<Record<string, ReadonlySet<string>>> = {
  [room.type]: new Set([...Object.keys(RoomState.shape), "generic"]),
  [gameObject.type]: new Set(Object.keys(ThingState.shape)),
};

/**
 * The commands that make a world as it is now, without the way that led there; sent to an empty world they make an equal one. Rooms and game
 * objects have such commands. What else there is, is told as left out: players, whose passwords only the world's own keys open, what they
 * have, aggregates and fields that modules brought, and ways and things that lead to or lie in what is no more. `initialOf` gives the
 * fields that an aggregate of a type begins with.
 */
export function exportWorld(all: readonly ExportedState[], initialOf: (type: string) => Json): WorldExport {
  const leftOut: LeftOut[] = [];
  const leave = (the: Ref, why: string): void => void leftOut.push({ ref: the, why });
  const rooms = new Map<string, z.infer<typeof RoomState>>();
  const things = new Map<string, Thing>();
  for (const { ref: the, states, context } of all) {
    const fields = known[the.type];
    if (fields === undefined) {
      const why = the.type === player.type ? "its password opens with this world's keys only" : "no command makes it as it is";
      leave(the, why);
      continue;
    }
    const initial = objectOf(initialOf(the.type));
    const more = Object.entries(objectOf(context)).filter(([name, value]) => !fields.has(name) && !isDeepStrictEqual(value, initial[name]));
    for (const [name] of more) leave(the, `its ${name} is of a module, and no command is known that sets it`);
    if (states !== "existing") leave(the, `its chart is in the state ${JSON.stringify(states)}, to which no command is known that leads`);
    if (the.type === room.type) rooms.set(the.id, RoomState.parse(context));
    else things.set(the.id, ThingState.parse(context));
  }
  const levels = levelsOf(things, rooms, leave);
  return { commands: [...roomCommands(rooms, leave), ...thingCommands(things, levels)], leftOut };
}

type Leave = (the: Ref, why: string) => void;

function roomCommands(rooms: ReadonlyMap<string, z.infer<typeof RoomState>>, leave: Leave): readonly ExportedCommand[] {
  const all = [...rooms].map(([id, { name, description, exits, attributes }]) => ({
    target: ref(room.type, id),
    name,
    description,
    exits,
    attributes,
  }));
  return [
    ...all.map(({ target, name, description, attributes }) => ({
      phase: "rooms",
      type: "CreateRoom",
      target,
      data: { name, description, attributes },
    })),
    ...all.flatMap(({ target, exits }) =>
      Object.entries(exits).flatMap(([direction, exit]) => {
        if (exit.targetRoomId === null || rooms.has(exit.targetRoomId))
          return [{ phase: "exits", type: "AddRoomExit", target, data: { direction, ...exit } as Json }];
        leave(target, `its exit ${direction} leads to room/${exit.targetRoomId}, which is no more`);
        return [];
      }),
    ),
  ];
}

function thingCommands(things: ReadonlyMap<string, Thing>, levels: ReadonlyMap<string, number>): readonly ExportedCommand[] {
  const placed = [...things].flatMap(([id, thing]) => {
    const level = levels.get(id);
    return level === undefined ? [] : [{ target: ref(gameObject.type, id), level, ...thing }];
  });
  const created = placed
    .toSorted((one, other) => one.level - other.level)
    .map(({ target, level, name, generic, containerId, attributes }) => ({
      phase: level === 0 ? "things" : `things held, level ${level}`,
      type: "CreateGameObject",
      target,
      data: { name, generic, containerId, attributes },
    }));
  const laid = placed.flatMap(({ target, positions }) =>
    Object.entries(positions).map(([itemId, position]) => ({
      phase: "places in inventories",
      type: "AddItemToInventory",
      target,
      data: { itemId, position },
    })),
  );
  const worn = placed.flatMap(({ target, equipment }) =>
    Object.entries(equipment).map(([slot, itemId]) => ({ phase: "equipment", type: "EquipItem", target, data: { itemId, slot } })),
  );
  return [...created, ...laid, ...worn];
}

/** How many holders are around each thing that can be made; what lies in something that cannot be made cannot either. */
function levelsOf(things: ReadonlyMap<string, Thing>, rooms: ReadonlyMap<string, unknown>, leave: Leave): ReadonlyMap<string, number> {
  const levels = new Map<string, number>();
  const lost = new Set<string>();
  for (const id of things.keys()) {
    const way: string[] = [];
    let inner: string | undefined = id;
    let level: number | undefined = 0;
    // From the inside out, up to the room, to nowhere, or to something whose level is known already.
    while (inner !== undefined && levels.get(inner) === undefined && !lost.has(inner)) {
      way.push(inner);
      const outer = placeOf(things.get(inner)?.containerId ?? null, things, rooms);
      // No world has anything inside itself; a file may claim anything.
      const isCircle = typeof outer === "object" && way.includes(outer.holder);
      if (outer === "gone" || isCircle) level = undefined;
      if (isCircle) break;
      inner = typeof outer === "object" ? outer.holder : undefined;
    }
    if (inner !== undefined && !way.includes(inner)) {
      const reached = levels.get(inner);
      level = reached === undefined ? undefined : reached + 1;
    }
    for (const each of way.toReversed()) {
      if (level === undefined) {
        lost.add(each);
        leave(ref(gameObject.type, each), `it is in ${things.get(each)?.containerId ?? ""}, which is not exported`);
        continue;
      }
      levels.set(each, level);
      level += 1;
    }
  }
  return levels;
}

function placeOf(
  containerId: string | null,
  things: ReadonlyMap<string, Thing>,
  rooms: ReadonlyMap<string, unknown>,
): "top" | "gone" | { readonly holder: string } {
  if (containerId === null) return "top";
  const { type, id } = refOf(containerId);
  if (type === room.type) return rooms.has(id) ? "top" : "gone";
  return type === gameObject.type && things.has(id) ? { holder: id } : "gone";
}

const objectOf = (value: Json): Readonly<Record<string, Json>> =>
  typeof value === "object" && value !== null && !Array.isArray(value) ? (value as Readonly<Record<string, Json>>) : {};

/** `room/hall: its exit up leads to room/attic, which is no more`. */
export const leftOutText = ({ ref: the, why }: LeftOut): string => `${pathOf(the)}: ${why}`;
