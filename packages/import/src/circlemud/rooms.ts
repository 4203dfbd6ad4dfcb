import { circleMud, type Dialect } from "./dialect.ts";
import { type ExtraDescription, readExtraDescription } from "./extra-descriptions.ts";
import { named, readFlags } from "./flags.ts";
import { type LineReader, unexpectedEnd } from "./line-reader.ts";
import { type RoomFlag, type Sector, sectors } from "./names.ts";
import { fields, integer } from "./numbers.ts";
import type { Reading } from "./reading.ts";
import { endsRecord, readRecords } from "./records.ts";
import { type RoomExit, readExit } from "./room-exits.ts";
import { readString } from "./string-reader.ts";
import { quote, type Source, WorldFileError } from "./world-file-error.ts";

export type Room = {
  readonly vnum: number;
  /** The zone number that the room's own line names; the game goes by the ranges of the zones and ignores it. */
  readonly zone: number;
  readonly name: string;
  readonly description: string;
  readonly flags: readonly RoomFlag[];
  readonly sector: Sector;
  readonly exits: readonly RoomExit[];
  readonly extraDescriptions: readonly ExtraDescription[];
  readonly source: Source;
};

/** Reads a `.wld` file. */
export function readRooms(lines: LineReader, reading: Reading, dialect: Dialect = circleMud): readonly Room[] {
  return readRecords(lines, "room", reading, (vnum, source) => readRoom(lines, reading, dialect, vnum, source));
}

function readRoom(lines: LineReader, reading: Reading, { roomFlags }: Dialect, vnum: number, source: Source): Room {
  const { report } = reading;
  const name = readString(lines, `the name of room ${vnum}`, report);
  const description = readString(lines, `the description of room ${vnum}`, report);
  const line = lines.next(`the zone, flags and sector of room ${vnum}`);
  const { zone, flags, sector } = fields(line, ["zone", "flags", "sector"]);
  return {
    vnum,
    zone: integer(zone, "the zone", line.source),
    name,
    description,
    flags: readFlags(flags, roomFlags, "room flags", line.source, report),
    sector: named(
      integer(sector, "the sector", line.source),
      sectors,
      { what: "a sector", source: line.source, fallback: "inside" },
      report,
    ),
    ...readSections(lines, reading, vnum),
    source,
  };
}

type Sections = Pick<Room, "exits" | "extraDescriptions">;

const isSection = (text: string): boolean => /^(D\d|[ES])$/.test(text);

/** Reads exits and extra descriptions up to the closing `S`. */
function readSections(lines: LineReader, reading: Reading, vnum: number): Sections {
  const exits: RoomExit[] = [];
  const extraDescriptions: ExtraDescription[] = [];
  const expected = `"D0" to "D5", "E" or "S" in room ${vnum}`;
  for (;;) {
    const line = lines.peek();
    if (line === undefined) {
      reading.report(unexpectedEnd({ file: lines.file, line: 0 }, expected));
      break;
    }
    const { text, source } = line;
    const unexpected = (): WorldFileError => new WorldFileError({ code: "malformed_line", source, expected, found: quote(text) });
    if (endsRecord(text)) {
      reading.report(unexpected());
      break;
    }
    lines.rewindAfter(source.line);
    if (text === "S") break;
    if (text === "E") {
      const extra = reading.salvage(() => readExtraDescription(lines, line, reading.report));
      if (extra !== undefined) extraDescriptions.push(extra);
    } else if (/^D\d$/.test(text)) {
      const exit = reading.salvage(() => readExit(lines, line, reading.report));
      if (exit !== undefined) addExit(exits, exit, reading);
    } else {
      reading.report(unexpected());
      lines.skipTo((next) => isSection(next) || endsRecord(next));
    }
  }
  return { exits, extraDescriptions };
}

function addExit(exits: RoomExit[], exit: RoomExit, reading: Reading): void {
  const earlier = exits.find(({ direction }) => direction === exit.direction);
  if (earlier === undefined) {
    exits.push(exit);
    return;
  }
  reading.report(
    new WorldFileError({
      code: "duplicate_exit",
      source: exit.source,
      expected: `one exit ${exit.direction}`,
      found: `another one, the first is in line ${earlier.source.line}`,
    }),
  );
}
