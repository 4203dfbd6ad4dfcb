import { circleMud, type Dialect } from "./dialect.ts";
import { type ExtraDescription, readExtraDescription } from "./extra-descriptions.ts";
import { named, readFlags } from "./flags.ts";
import { type Line, type LineReader, nextWords } from "./line-reader.ts";
import { type Apply, type ExtraFlag, type ItemType, itemTypes, type WearFlag } from "./names.ts";
import { fields, integer, integers } from "./numbers.ts";
import type { Reading } from "./reading.ts";
import { endsRecord, readRecords } from "./records.ts";
import { readKeywords, readString } from "./string-reader.ts";
import { quote, type Report, type Source, WorldFileError } from "./world-file-error.ts";

/** What wearing an object changes about its wearer. */
export type ObjectAffect = {
  readonly apply: Apply;
  readonly modifier: number;
  readonly source: Source;
};

/** The prototype of an object. Numbers are as in the file. */
export type WorldObject = {
  readonly vnum: number;
  readonly keywords: readonly string[];
  /** Names the object inside a sentence: `a barrel`. */
  readonly shortDescription: string;
  /** The line that a room shows while the object lies there. */
  readonly longDescription: string;
  /** What others see when it is used; empty for most objects. */
  readonly actionDescription: string;
  readonly type: ItemType;
  readonly extraFlags: readonly ExtraFlag[];
  readonly wearFlags: readonly WearFlag[];
  /** Four numbers whose meaning depends on the type, such as capacity, lock, key vnum of a container. */
  readonly values: readonly [number, number, number, number];
  readonly weight: number;
  readonly cost: number;
  /** Price of keeping it for a day. */
  readonly rent: number;
  readonly extraDescriptions: readonly ExtraDescription[];
  readonly affects: readonly ObjectAffect[];
  readonly source: Source;
};

/** Reads an `.obj` file. */
export function readObjects(lines: LineReader, reading: Reading, dialect: Dialect = circleMud): readonly WorldObject[] {
  return readRecords(lines, "object", reading, (vnum, source) => readObject(lines, reading, dialect, vnum, source));
}

function readObject(lines: LineReader, reading: Reading, dialect: Dialect, vnum: number, source: Source): WorldObject {
  const { report } = reading;
  const keywords = readKeywords(lines, `the keywords of object ${vnum}`, report);
  const shortDescription = readString(lines, `the short description of object ${vnum}`, report);
  const longDescription = readString(lines, `the long description of object ${vnum}`, report);
  const actionDescription = readString(lines, `the action description of object ${vnum}`, report);

  const numbers = (count: number, expected: string): Line =>
    dialect.numbersWrap ? nextWords(lines, count, expected) : lines.next(expected);
  const nature = numbers(3, `the type, extra flags and wear flags of object ${vnum}`);
  const { type, extra, wear } = fields(nature, ["type", "extra", "wear"]);
  const { v0, v1, v2, v3 } = integers(numbers(4, `the four values of object ${vnum}`), ["v0", "v1", "v2", "v3"]);
  const burden = integers(numbers(3, `the weight, cost and rent of object ${vnum}`), ["weight", "cost", "rent"]);

  return {
    vnum,
    keywords,
    shortDescription,
    longDescription,
    actionDescription,
    type: named(
      integer(type, "the type", nature.source),
      itemTypes,
      { what: "an item type", source: nature.source, fallback: "other" },
      report,
    ),
    extraFlags: readFlags(extra, dialect.extraFlags, "extra flags", nature.source, report),
    wearFlags: readFlags(wear, dialect.wearFlags, "wear flags", nature.source, report),
    values: [v0, v1, v2, v3],
    ...burden,
    ...readSections(lines, reading, dialect, vnum),
    source,
  };
}

type Sections = Pick<WorldObject, "extraDescriptions" | "affects">;

/** Reads `E` and `A` sections. An object has no end mark of its own: the next record or the `$` ends it. */
function readSections(lines: LineReader, reading: Reading, dialect: Dialect, vnum: number): Sections {
  const extraDescriptions: ExtraDescription[] = [];
  const affects: ObjectAffect[] = [];
  const expected = `"E", "A", the next object or "$" after object ${vnum}`;
  for (;;) {
    const line = lines.peek();
    if (line === undefined) {
      // The reader of the records complains of the missing "$"; the object itself is complete.
      break;
    }
    if (endsRecord(line.text)) break;
    lines.rewindAfter(line.source.line);
    if (line.text === "E") {
      const extra = reading.salvage(() => readExtraDescription(lines, line, reading.report));
      if (extra !== undefined) extraDescriptions.push(extra);
    } else if (line.text === "A") {
      const affect = reading.salvage(() => readAffect(lines, dialect, vnum, reading.report));
      if (affect !== undefined) affects.push(affect);
    } else {
      reading.report(
        new WorldFileError({
          code: "malformed_line",
          source: line.source,
          expected,
          found: quote(line.text),
        }),
      );
      lines.skipTo((text) => text === "E" || text === "A" || endsRecord(text));
    }
  }
  return { extraDescriptions, affects };
}

function readAffect(lines: LineReader, { applies }: Dialect, vnum: number, report: Report): ObjectAffect {
  const line = lines.next(`the location and modifier of an affect of object ${vnum}`);
  const { location, modifier } = integers(line, ["location", "modifier"]);
  const apply = named(location, applies, { what: "an affect location", source: line.source, fallback: "none" }, report);
  return { apply, modifier, source: line.source };
}
