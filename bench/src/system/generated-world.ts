import type { ImportCommand, Phase } from "@aethyr/import";
import { ref, type Json } from "@aethyr/kernel";
import { protocolVersion } from "@aethyr/protocol";

const rooms = 1_900;
const roomsPerRow = 50;
const things = 3_500;
const source = { file: "generated", line: 0 };

/** A grid of rooms with texts of ordinary length, and things in them: about as much as the stock world has. */
export function generatedWorld(): readonly Phase[] {
  return [
    { name: "rooms", commands: numbers(rooms).map(createRoom) },
    { name: "exits", commands: numbers(rooms).flatMap(createExits) },
    { name: "things", commands: numbers(things).map(createThing) },
  ];
}

const numbers = (count: number): readonly number[] => Array.from({ length: count }, (_, number) => number);
const roomId = (number: number): string => `made-${number}`;

function createRoom(number: number): ImportCommand {
  const attributes = { vnum: number, sector: "city", flags: ["indoors"], extraDescriptions: [] };
  return make("CreateRoom", "room", roomId(number), {
    name: `Room ${number}`,
    description: "A room like many others. ".repeat(12),
    attributes,
  });
}

function createExits(number: number): readonly ImportCommand[] {
  const ways = { north: number - roomsPerRow, south: number + roomsPerRow };
  return Object.entries(ways)
    .filter(([, target]) => target >= 0 && target < rooms)
    .map(([direction, target]) => make("AddRoomExit", "room", roomId(number), { direction, targetRoomId: roomId(target) }, direction));
}

function createThing(number: number): ImportCommand {
  const data = {
    name: `thing ${number}`,
    generic: "object",
    containerId: `room/${roomId(number % rooms)}`,
    attributes: { prototype: `kind-${number % 700}` },
  };
  return make("CreateGameObject", "game-object", `made-thing-${number}`, data);
}

function make(type: string, aggregate: string, id: string, data: Json, part = ""): ImportCommand {
  const command = { v: protocolVersion, id: `made:${type}:${id}:${part}`, type, target: ref(aggregate, id), data, actor: "bench" } as const;
  return { command, source };
}
