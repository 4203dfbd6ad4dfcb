import { directions, shortOf } from "./texts/directions.ts";
import type { GmcpMessage } from "../connection.ts";
import type { Sight } from "./sight.ts";
import type { SeenThing } from "./view/seen.ts";

const encoder = new TextEncoder();

/** A room's number for clients that draw maps: from 1 to 2³¹, the same for the same id for ever. */
export function roomNumber(id: string): number {
  // FNV-1a.
  let hash = 0x811c9dc5;
  for (const byte of encoder.encode(id)) hash = Math.imul(hash ^ byte, 0x01000193);
  return (hash >>> 1) + 1;
}

/** `Room.Info` of where somebody is; undefined nowhere. */
export function roomInfo(sight: Sight): GmcpMessage | undefined {
  const room = sight.here();
  if (room === undefined) return undefined;
  const exits = Object.fromEntries(
    directions.flatMap((direction) => {
      const to = room.exits[direction]?.targetRoomId ?? null;
      return to === null ? [] : [[shortOf(direction), roomNumber(to)] as const];
    }),
  );
  const { zone, sector } = room.attributes;
  return {
    package: "Room.Info",
    data: {
      num: roomNumber(room.id),
      id: room.id,
      name: room.name,
      ...(typeof zone === "string" ? { area: zone } : {}),
      ...(typeof sector === "string" ? { environment: sector } : {}),
      exits,
    },
  };
}

/** `Char.Items.List` of what somebody carries and wears, or of what lies where they are. */
export function itemList(sight: Sight, where: "inv" | "room"): GmcpMessage {
  const things = where === "room" ? sight.things() : [...sight.worn().map(({ thing }) => thing), ...sight.carried()];
  return { package: "Char.Items.List", data: { location: where, items: things.map((thing) => itemOf(sight, thing)) } };
}

/** The answer to what a client asks for by itself: a list of what its player has, or of what lies around. */
export function answerTo({ package: name }: GmcpMessage, sight: Sight): GmcpMessage | undefined {
  const asked = name.toLowerCase();
  if (asked === "char.items.inv") return itemList(sight, "inv");
  return asked === "char.items.room" ? itemList(sight, "room") : undefined;
}

/** `Char.Items.Add`, `.Remove` or `.Update` of one thing. */
export function itemChange(sight: Sight, change: "Add" | "Remove" | "Update", where: "inv" | "room", thing: SeenThing): GmcpMessage {
  return { package: `Char.Items.${change}`, data: { location: where, item: itemOf(sight, thing) } };
}

/** Its marks: worn `w`, wielded `l`, wearable `W`, a container `c`, takeable `t`, a creature `m`. */
function itemOf(sight: Sight, thing: SeenThing) {
  const { slots, container, takeable, creature } = sight.view.traits(thing);
  const worn = sight.worn().find((each) => each.thing.id === thing.id);
  const attrib = [
    worn === undefined ? "" : worn.slot === "wield" ? "l" : "w",
    worn === undefined && slots.length > 0 ? "W" : "",
    container === null ? "" : "c",
    takeable ? "t" : "",
    creature ? "m" : "",
  ].join("");
  return { id: thing.id, name: thing.name, ...(attrib === "" ? {} : { attrib }) };
}
