import type { Json } from "@aethyr/kernel";
import type { Direction, Exit, gameObjectEvents, playerEvents, roomEvents, Slot } from "@aethyr/world";
import { byEvent, type Handlers, type Whose } from "../by-event.ts";
import type { Contents } from "./contents.ts";
import type { SeenPlayer, SeenRoom, SeenThing } from "./seen.ts";

/** What a view consists of. */
export type Holdings = {
  readonly rooms: Map<string, SeenRoom>;
  readonly things: Map<string, SeenThing>;
  readonly players: Map<string, SeenPlayer>;
  readonly gonePlayers: Set<string>;
  readonly thingsIn: Contents;
  readonly playersIn: Contents;
  /** Ids by slot, by `type/id` of who wears them. */
  readonly worn: Map<string, Map<Slot, string>>;
};

const onRooms: Handlers<typeof roomEvents, Holdings> = {
  RoomCreated: ({ rooms }, { id, path }, { name, description, attributes }) =>
    void rooms.set(id, { id, path, name, description, attributes, exits: {} }),
  RoomDescriptionUpdated: ({ rooms }, { id }, { description }) => change(rooms, id, () => ({ description })),
  RoomExitAdded: ({ rooms }, { id }, { direction, ...exit }) =>
    change(rooms, id, ({ exits }) => ({ exits: { ...exits, [direction]: exit as Exit } })),
  RoomExitRemoved: ({ rooms }, { id }, { direction }) => change(rooms, id, ({ exits }) => ({ exits: without(exits, direction) })),
  GameObjectAttributeUpdated: ({ rooms }, { id }, data) => change(rooms, id, (room) => withAttribute(room, data)),
  GameObjectAttributesUpdated: ({ rooms }, { id }, data) => change(rooms, id, (room) => withAttributes(room, data)),
  GameObjectDeleted: ({ rooms }, { id }) => void rooms.delete(id),
};

const onThings: Handlers<typeof gameObjectEvents, Holdings> = {
  GameObjectCreated({ things, thingsIn }, { id, path }, { name, generic, containerId, attributes }) {
    things.set(id, { id, path, name, generic, attributes, containerId });
    thingsIn.move(id, null, containerId);
  },
  GameObjectAttributeUpdated: ({ things }, { id }, data) => change(things, id, (thing) => withAttribute(thing, data)),
  GameObjectAttributesUpdated: ({ things }, { id }, data) => change(things, id, (thing) => withAttributes(thing, data)),
  GameObjectContainerUpdated({ things, thingsIn }, { id }, { containerId }) {
    thingsIn.move(id, things.get(id)?.containerId ?? null, containerId);
    change(things, id, () => ({ containerId }));
  },
  ItemEquipped: wear,
  ItemUnequipped: unwear,
  GameObjectDeleted({ things, thingsIn, worn }, { id, path }) {
    thingsIn.move(id, things.get(id)?.containerId ?? null, null);
    things.delete(id);
    worn.delete(path);
  },
};

const onPlayers: Handlers<typeof playerEvents, Holdings> = {
  PlayerCreated({ players, playersIn }, { id, path }, { name, admin, containerId }) {
    players.set(id, { id, path, name, admin, containerId, sitting: null, pose: "" });
    playersIn.move(id, null, containerId);
  },
  PlayerAdminStatusUpdated: ({ players }, { id }, { admin }) => change(players, id, () => ({ admin })),
  GameObjectContainerUpdated({ players, playersIn }, { id }, { containerId }) {
    playersIn.move(id, players.get(id)?.containerId ?? null, containerId);
    change(players, id, () => ({ containerId, sitting: null, pose: "" }));
  },
  PlayerSatDown: ({ players }, { id }, { seatId }) => change(players, id, () => ({ sitting: { seatId } })),
  PlayerStoodUp: ({ players }, { id }) => change(players, id, () => ({ sitting: null })),
  PlayerPoseSet: ({ players }, { id }, { pose }) => change(players, id, () => ({ pose })),
  ItemEquipped: wear,
  ItemUnequipped: unwear,
  GameObjectDeleted({ players, playersIn, gonePlayers, worn }, { id, path }) {
    playersIn.move(id, players.get(id)?.containerId ?? null, null);
    players.delete(id);
    gonePlayers.add(id);
    worn.delete(path);
  },
};

/** Brings what is held forward by one event. Others, a game's own among them, change nothing that is seen here. */
export const fold = byEvent<Holdings>({ room: onRooms, "game-object": onThings, player: onPlayers });

function wear({ worn }: Holdings, { path }: Whose, { itemId, slot }: { readonly itemId: string; readonly slot: Slot }): void {
  const slots = worn.get(path) ?? new Map<Slot, string>();
  worn.set(path, slots.set(slot, itemId));
}

function unwear({ worn }: Holdings, { path }: Whose, { slot }: { readonly slot: Slot }): void {
  const slots = worn.get(path);
  slots?.delete(slot);
  if (slots?.size === 0) worn.delete(path);
}

function change<T>(all: Map<string, T>, id: string, by: (present: T) => Partial<T>): void {
  const present = all.get(id);
  if (present !== undefined) all.set(id, { ...present, ...by(present) });
}

type Attributed = Pick<SeenThing, "attributes">;
const withAttribute = ({ attributes }: Attributed, { key, value }: { readonly key: string; readonly value: Json }) => ({
  attributes: { ...attributes, [key]: value },
});
const withAttributes = ({ attributes }: Attributed, more: Attributed) => ({ attributes: { ...attributes, ...more.attributes } });

function without(exits: SeenRoom["exits"], direction: Direction): SeenRoom["exits"] {
  const { [direction]: _, ...others } = exits;
  return others;
}
