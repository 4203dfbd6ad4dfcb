import { type IndexEntry, missingFile, readIndex, type WorldKind } from "./index-file.ts";
import { type LineReader, readLines } from "./line-reader.ts";
import { type Mob, readMobs } from "./mobs.ts";
import { readObjects, type WorldObject } from "./objects.ts";
import { lenientReading, type Reading, strictReading } from "./reading.ts";
import { readRooms, type Room } from "./rooms.ts";
import { readShops, type Shop } from "./shops.ts";
import { type Source, WorldFileError } from "./world-file-error.ts";
import type { WorldFiles } from "./world-files.ts";
import { readZones, type Zone } from "./zones.ts";

/** All records of a world, each kind in the order of its index and files. */
export type World = {
  readonly zones: readonly Zone[];
  readonly rooms: readonly Room[];
  readonly mobs: readonly Mob[];
  readonly objects: readonly WorldObject[];
  readonly shops: readonly Shop[];
};

export type ReadWorldOptions = {
  /** Keep the complaints and go on with what can be used, instead of throwing the first one. */
  readonly lenient?: boolean;
  /** How many complaints a lenient reading keeps before it gives up with `too_many_complaints`; 10,000 unless told. */
  readonly maxComplaints?: number;
};

export type WorldReading = {
  readonly world: World;
  /** Empty unless `lenient`. */
  readonly complaints: readonly WorldFileError[];
};

/**
 * Reads a CircleMUD 3.1 world. Every record stands alone here; whether records that name each other exist is what
 * `checkReferences` looks at. Throws nothing but `WorldFileError`.
 */
export function readWorld(files: WorldFiles, options: ReadWorldOptions = {}): WorldReading {
  return readAs(options, (reading) => {
    const listed = (kind: WorldKind): readonly IndexEntry[] => readIndex(files, kind, reading);
    return {
      zones: readKind(files, listed("zon"), reading, readZones),
      rooms: readKind(files, listed("wld"), reading, readRooms),
      mobs: readKind(files, listed("mob"), reading, readMobs),
      objects: readKind(files, listed("obj"), reading, readObjects),
      shops: readKind(files, listed("shp"), reading, readShops),
    };
  });
}

/** Runs a reading as strictly as the options want it. */
export function readAs({ lenient, maxComplaints }: ReadWorldOptions, read: (reading: Reading) => World): WorldReading {
  const complaints: WorldFileError[] = [];
  const reading = lenient === true ? lenientReading(complaints, maxComplaints) : strictReading;
  return { world: read(reading), complaints };
}

type NumberedRecord = { readonly vnum: number; readonly source: Source };

/** The records of some files of one kind; of those with the same number, the first. */
export function readKind<T extends NumberedRecord>(
  files: WorldFiles,
  entries: readonly IndexEntry[],
  reading: Reading,
  readFile: (lines: LineReader, reading: Reading) => readonly T[],
): readonly T[] {
  const byVnum = new Map<number, T>();
  for (const { path, source } of entries) {
    const text = files.read(path);
    if (text === undefined) {
      reading.report(missingFile(source, path));
      continue;
    }
    for (const record of reading.salvage(() => readFile(readLines(path, text), reading)) ?? []) {
      const earlier = byVnum.get(record.vnum);
      if (earlier === undefined) byVnum.set(record.vnum, record);
      else reading.report(duplicate(record, earlier));
    }
  }
  return [...byVnum.values()];
}

function duplicate(record: NumberedRecord, earlier: NumberedRecord): WorldFileError {
  return new WorldFileError({
    code: "duplicate_vnum",
    source: record.source,
    expected: "a number that is not taken",
    found: `#${record.vnum}, which ${earlier.source.file}:${earlier.source.line} has`,
  });
}
