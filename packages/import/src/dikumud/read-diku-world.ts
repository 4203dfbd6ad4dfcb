import type { WorldKind } from "../circlemud/index-file.ts";
import { readMobs } from "../circlemud/mobs.ts";
import { readObjects } from "../circlemud/objects.ts";
import { readAs, readKind, type ReadWorldOptions, type WorldReading } from "../circlemud/read-world.ts";
import { readRooms } from "../circlemud/rooms.ts";
import type { WorldFiles } from "../circlemud/world-files.ts";
import { dikuMud } from "./dialect.ts";
import { readDikuShops } from "./shops.ts";
import { readDikuZones } from "./zones.ts";

/**
 * Reads a world of DikuMUD Alfa, from which CircleMUD comes: one file of each kind, `tinyworld.wld` and so on for the name `tinyworld`, without
 * an index. Rooms, mobs and objects are written as in CircleMUD, with other names of their bits, and numbers may go on in the next line. The zone that a room's own line names is often none, as the game goes by
 * ranges: `checkReferences` says so. Throws nothing but `WorldFileError`.
 */
export function readDikuWorld(files: WorldFiles, name: string, options: ReadWorldOptions = {}): WorldReading {
  const only = (kind: WorldKind) => [{ path: `${name}.${kind}`, source: { file: `${name}.${kind}`, line: 0 } }];
  return readAs(options, (reading) => ({
    zones: readKind(files, only("zon"), reading, readDikuZones),
    rooms: readKind(files, only("wld"), reading, (lines) => readRooms(lines, reading, dikuMud)),
    mobs: readKind(files, only("mob"), reading, (lines) => readMobs(lines, reading, dikuMud)),
    objects: readKind(files, only("obj"), reading, (lines) => readObjects(lines, reading, dikuMud)),
    shops: readKind(files, only("shp"), reading, readDikuShops),
  }));
}
