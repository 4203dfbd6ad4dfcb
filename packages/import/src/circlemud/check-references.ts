import type { World } from "./read-world.ts";
import type { Reset } from "./resets.ts";
import type { Room } from "./rooms.ts";
import { type Source, WorldFileError } from "./world-file-error.ts";

type Known = {
  readonly rooms: ReadonlyMap<number, Room>;
  readonly mobs: ReadonlySet<number>;
  readonly objects: ReadonlySet<number>;
};

/**
 * Looks at every number by which one record names another: exits, keys of doors and containers, resets, shops, and the
 * zones of rooms. Gives every complaint, in the order rooms, objects, zones, shops; an empty list means a closed world.
 */
export function checkReferences(world: World): readonly WorldFileError[] {
  const known: Known = {
    rooms: new Map(world.rooms.map((room) => [room.vnum, room])),
    mobs: new Set(world.mobs.map(({ vnum }) => vnum)),
    objects: new Set(world.objects.map(({ vnum }) => vnum)),
  };
  return [
    ...checkZonesOfRooms(world),
    ...world.rooms.flatMap((room) => checkExits(room, known)),
    ...checkContainerKeys(world, known),
    ...world.zones.flatMap((zone) => zone.resets.flatMap((reset) => checkReset(reset, known))),
    ...checkShops(world, known),
  ];
}

function checkZonesOfRooms(world: World): readonly WorldFileError[] {
  const zones = new Map(world.zones.map((zone) => [zone.vnum, zone]));
  return world.rooms.flatMap(({ vnum, zone: named, source }) => {
    const zone = zones.get(named);
    if (zone === undefined) return [missing(source, "zone", named)];
    if (vnum >= zone.bottom && vnum <= zone.top) return [];
    const expected = `a room of zone ${named} between ${zone.bottom} and ${zone.top}`;
    return [new WorldFileError({ code: "outside_zone", source, expected, found: `room ${vnum}` })];
  });
}

function checkExits(room: Room, { rooms, objects }: Known): readonly WorldFileError[] {
  return room.exits.flatMap(({ targetVnum, keyVnum, source }) => [
    ...(targetVnum === null || rooms.has(targetVnum) ? [] : [missing(source, "room", targetVnum)]),
    ...(keyVnum === null || objects.has(keyVnum) ? [] : [missing(source, "object (the key)", keyVnum)]),
  ]);
}

function checkContainerKeys(world: World, { objects }: Known): readonly WorldFileError[] {
  return world.objects.flatMap(({ type, values: [, , key], source }) =>
    type !== "container" || key <= 0 || objects.has(key) ? [] : [missing(source, "object (the key)", key)],
  );
}

function checkReset(reset: Reset, known: Known): readonly WorldFileError[] {
  const { source } = reset;
  const room = (vnum: number): readonly WorldFileError[] => (known.rooms.has(vnum) ? [] : [missing(source, "room", vnum)]);
  const object = (vnum: number): readonly WorldFileError[] => (known.objects.has(vnum) ? [] : [missing(source, "object", vnum)]);
  switch (reset.command) {
    case "M":
      return [...(known.mobs.has(reset.mob) ? [] : [missing(source, "mob", reset.mob)]), ...room(reset.room)];
    case "O":
    case "R":
      return [...object(reset.object), ...room(reset.room)];
    case "G":
    case "E":
      return object(reset.object);
    case "P":
      return [...object(reset.object), ...object(reset.container)];
    case "D":
      return checkDoor(reset, known.rooms.get(reset.room));
    default:
      return reset satisfies never;
  }
}

function checkDoor(reset: Extract<Reset, { command: "D" }>, room: Room | undefined): readonly WorldFileError[] {
  const { source, direction } = reset;
  if (room === undefined) return [missing(source, "room", reset.room)];
  const exit = room.exits.find((candidate) => candidate.direction === direction);
  const where = `exit ${direction} of room ${reset.room}`;
  if (exit === undefined) {
    return [
      new WorldFileError({
        code: "missing_reference",
        source,
        expected: `an ${where}`,
        found: "no exit there",
      }),
    ];
  }
  if (exit.door !== "none") return [];
  return [
    new WorldFileError({
      code: "not_a_door",
      source,
      expected: `a door at the ${where}`,
      found: "an open way",
    }),
  ];
}

function checkShops(world: World, { rooms, mobs, objects }: Known): readonly WorldFileError[] {
  return world.shops.flatMap(({ produces, keeperVnum, roomVnums, source }) => [
    ...produces.filter((vnum) => !objects.has(vnum)).map((vnum) => missing(source, "object", vnum)),
    ...(keeperVnum === null || mobs.has(keeperVnum) ? [] : [missing(source, "mob (the keeper)", keeperVnum)]),
    ...roomVnums.filter((vnum) => !rooms.has(vnum)).map((vnum) => missing(source, "room", vnum)),
  ]);
}

function missing(source: Source, what: string, vnum: number): WorldFileError {
  const expected = `the number of an existing ${what}`;
  return new WorldFileError({ code: "missing_reference", source, expected, found: String(vnum) });
}
