import { ref } from "@aethyr/kernel";
import { type Attributes, room as roomAggregate, Slot } from "@aethyr/world";
import { createCommandMaker, type ImportCommand, type Phase } from "../commands/import-command.ts";
import { type Placement, placementPhases } from "../commands/placement.ts";
import type { Source } from "../circlemud/world-file-error.ts";
import { boatShed } from "./rooms/boat-shed.ts";
import { chapel } from "./rooms/chapel.ts";
import { harbour } from "./rooms/harbour.ts";
import { headland } from "./rooms/headland.ts";
import { inn } from "./rooms/inn.ts";
import { ketch } from "./rooms/ketch.ts";
import { village } from "./rooms/village.ts";
import type { StarterExit, StarterRoom, StarterThing } from "./starter-room.ts";

const prefix = "skerrow";
const rooms: readonly StarterRoom[] = [...harbour, ...ketch, ...boatShed, ...village, ...inn, ...chapel, ...headland];
const idOf = (name: string): string => `${prefix}-${name}`;
const make = createCommandMaker(prefix);

/** Id of the room in which new players arrive. */
export const starterEntrance: string = idOf("quay");

/** Skerrow, a harbour village at the end of the road: the world that a new installation begins with, as commands, phase by phase. */
export function starterWorld(): readonly Phase[] {
  return [
    { name: "rooms", commands: rooms.map(roomCommand) },
    { name: "exits", commands: rooms.flatMap(exitCommands) },
    ...placementPhases(make, rooms.flatMap(placementsIn)),
  ];
}

function roomCommand(room: StarterRoom): ImportCommand {
  const { id, name, description, sector, flags = [], extras = {} } = room;
  const extraDescriptions = Object.entries(extras).map(([keywords, text]) => ({ keywords: keywords.split(" "), text }));
  const data = { name, description, attributes: { sector, flags, extraDescriptions } };
  return make("CreateRoom", ref(roomAggregate.type, idOf(id)), data, sourceOf(room));
}

function exitCommands(room: StarterRoom): readonly ImportCommand[] {
  return Object.entries(room.exits).map(([direction, { to, look, door }]: [string, StarterExit]) => {
    const data = {
      direction,
      targetRoomId: idOf(to),
      ...(look === undefined ? {} : { description: look }),
      ...(door === undefined ? {} : { door: { ...door, ...(door.keyId === undefined ? {} : { keyId: idOf(door.keyId) }) } }),
    };
    return make("AddRoomExit", ref(roomAggregate.type, idOf(room.id)), data, sourceOf(room));
  });
}

function placementsIn(room: StarterRoom): readonly Placement[] {
  const source = sourceOf(room);
  return (room.things ?? []).flatMap((thing) => placementsOf(thing, { in: "room", id: idOf(room.id) }, source));
}

/** A thing, and after it everything that it holds and wears. */
function placementsOf(thing: StarterThing, place: Placement["place"], source: Source): readonly Placement[] {
  const id = idOf(thing.id);
  const { wears = {}, holds = [] } = thing;
  const worn = Slot.options.flatMap((slot) => {
    const item = wears[slot];
    return item === undefined ? [] : placementsOf(item, { in: "thing", id, slot }, source);
  });
  return [
    { id, generic: thing.kind ?? "object", name: thing.name, attributes: attributesOf(thing), place, source },
    ...worn,
    ...holds.flatMap((held) => placementsOf(held, { in: "thing", id }, source)),
  ];
}

/** Under the names that imported prototypes use. These things are one of a kind: they have no prototype and say all themselves. */
function attributesOf({ kind = "object", keywords, line, look, type, wear = [], weight, fixed = false, seat }: StarterThing): Attributes {
  const described = { keywords: keywords.split(" "), longDescription: line, description: look };
  if (kind === "mobile") return described;
  const wearFlags = fixed ? [] : ["take", ...wear];
  return {
    ...described,
    type: type ?? "other",
    wearFlags,
    ...(weight === undefined ? {} : { weight }),
    ...(seat === undefined ? {} : { seat }),
  };
}

function sourceOf({ id }: StarterRoom): Source {
  return { file: `starter world, ${id}`, line: 0 };
}
