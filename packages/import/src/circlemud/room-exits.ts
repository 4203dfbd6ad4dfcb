import { named } from "./flags.ts";
import type { Line, LineReader } from "./line-reader.ts";
import { type Direction, type DoorKind, directions, doorKinds } from "./names.ts";
import { integers } from "./numbers.ts";
import { readKeywords, readString } from "./string-reader.ts";
import { quote, type Report, type Source, WorldFileError } from "./world-file-error.ts";

export type RoomExit = {
  readonly direction: Direction;
  readonly description: string;
  /** What the door is called; empty for most exits without one. */
  readonly keywords: readonly string[];
  readonly door: DoorKind;
  /** The object that unlocks the door, or null. */
  readonly keyVnum: number | null;
  /** Where the exit leads, or null for a view without a way. */
  readonly targetVnum: number | null;
  readonly source: Source;
};

/** How 16-bit builders of old wrote "none" when they meant -1. */
const unsignedNone = 65_535;

/** Reads an exit, whose mark (`D` and the number of the direction) has been taken. */
export function readExit(lines: LineReader, mark: Line, report: Report): RoomExit {
  const direction = directions[Number(mark.text.slice(1))];
  if (direction === undefined) {
    throw new WorldFileError({
      code: "unknown_value",
      source: mark.source,
      expected: `an exit D0 to D${directions.length - 1}`,
      found: quote(mark.text),
    });
  }
  const description = readString(lines, `the description of the exit ${direction}`, report);
  const keywords = readKeywords(lines, `the door keywords of the exit ${direction}`, report);
  const line = lines.next(`the door, key and target of the exit ${direction}`);
  const { door, key, target } = integers(line, ["door", "key", "target"]);
  return {
    direction,
    description,
    keywords,
    door: named(door, doorKinds, { what: "a kind of door", source: line.source, fallback: "none" }, report),
    // Object 0 is the game's own marker for a broken object: as a key it means that there is none.
    keyVnum: key <= 0 || key === unsignedNone ? null : key,
    targetVnum: target < 0 || target === unsignedNone ? null : target,
    source: mark.source,
  };
}
