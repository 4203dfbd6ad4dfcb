import { gameObject, player, room, Slot } from "@aethyr/world";
import { z } from "zod";
import type { Json } from "@aethyr/kernel";

const json = z.custom<Json>((value) => value !== undefined);

const RoomState = z.object({
  name: json,
  description: json,
  exits: z.record(z.string(), z.looseObject({ targetRoomId: z.string().nullable() })),
  attributes: json,
});
const HolderState = z.object({
  name: json,
  attributes: z.record(z.string(), json),
  containerId: z.string().nullable(),
  items: z.array(z.string()),
  positions: z.record(z.string(), json),
  equipment: z.partialRecord(Slot, z.string()),
});
const ThingState = HolderState.extend({ generic: json });
const PlayerState = HolderState.extend({
  admin: z.boolean(),
  sitting: z.object({ seatId: z.string().nullable() }).nullable(),
  pose: z.string(),
});

export type Room = z.infer<typeof RoomState>;
export type Thing = z.infer<typeof ThingState>;
export type Player = z.infer<typeof PlayerState>;

/** Every room, thing and player that is exported, by id. */
export type Inhabitants = {
  readonly rooms: ReadonlyMap<string, Room>;
  readonly things: ReadonlyMap<string, Thing>;
  readonly players: ReadonlyMap<string, Player>;
};

/** Reads the states of a world, one after the other. */
export function createInhabitants(): Inhabitants & { readonly add: (type: string, id: string, context: Json) => void } {
  const rooms = new Map<string, Room>();
  const things = new Map<string, Thing>();
  const players = new Map<string, Player>();
  const add = (type: string, id: string, context: Json): void => {
    if (type === room.type) rooms.set(id, RoomState.parse(context));
    else if (type === gameObject.type) things.set(id, ThingState.parse(context));
    else players.set(id, PlayerState.parse(context));
  };
  return { rooms, things, players, add };
}

/** The fields of rooms, things and players that the world itself gives them; what else they have is of modules. */
export const ownFields: ReadonlyMap<string, ReadonlySet<string>> = new Map([
  [room.type, new Set([...Object.keys(RoomState.shape), "generic"])],
  [gameObject.type, new Set(Object.keys(ThingState.shape))],
  [player.type, new Set([...Object.keys(PlayerState.shape), "generic", "passwordHash"])],
]);
