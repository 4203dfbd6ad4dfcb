import { circleMud, type Dialect } from "./dialect.ts";
import { named, readFlags } from "./flags.ts";
import { type Line, type LineReader, nextWords } from "./line-reader.ts";
import { type AffectFlag, type MobFlag, type Position, positions, type Sex, sexes } from "./names.ts";
import { type Dice, dice, fields, integer, integers } from "./numbers.ts";
import type { Reading } from "./reading.ts";
import { endsRecord, readRecords } from "./records.ts";
import { readKeywords, readString } from "./string-reader.ts";
import { quote, type Report, type Source, WorldFileError } from "./world-file-error.ts";

const abilities = ["BareHandAttack", "Str", "StrAdd", "Int", "Wis", "Dex", "Con", "Cha"] as const;

/** A value that only an enhanced mob states for itself. */
export type MobAbility = (typeof abilities)[number];

/** The prototype of a mobile: a person or creature that the game moves. Numbers are as in the file. */
export type Mob = {
  readonly vnum: number;
  readonly keywords: readonly string[];
  /** Names the mob inside a sentence: `the baker`. */
  readonly shortDescription: string;
  /** The line that a room shows while the mob stands at its usual position. */
  readonly longDescription: string;
  /** What a player sees who looks at the mob. */
  readonly description: string;
  readonly flags: readonly MobFlag[];
  readonly affects: readonly AffectFlag[];
  /** From -1000 (evil) to 1000 (good). */
  readonly alignment: number;
  readonly format: "simple" | "enhanced";
  readonly level: number;
  readonly thac0: number;
  /** A tenth of the armor class that the game reckons with. */
  readonly armorClass: number;
  readonly hitPoints: Dice;
  readonly damage: Dice;
  readonly gold: number;
  readonly experience: number;
  readonly loadPosition: Position;
  readonly defaultPosition: Position;
  readonly sex: Sex;
  readonly abilities: Readonly<Partial<Record<MobAbility, number>>>;
  readonly source: Source;
};

/** Reads a `.mob` file. */
export function readMobs(lines: LineReader, reading: Reading, dialect: Dialect = circleMud): readonly Mob[] {
  return readRecords(lines, "mob", reading, (vnum, source) => readMob(lines, reading, dialect, vnum, source));
}

function readMob(lines: LineReader, reading: Reading, dialect: Dialect, vnum: number, source: Source): Mob {
  const { report } = reading;
  const keywords = readKeywords(lines, `the keywords of mob ${vnum}`, report);
  const shortDescription = readString(lines, `the short description of mob ${vnum}`, report);
  const longDescription = readString(lines, `the long description of mob ${vnum}`, report);
  const description = readString(lines, `the detailed description of mob ${vnum}`, report);

  const numbers = (count: number, expected: string): Line =>
    dialect.numbersWrap ? nextWords(lines, count, expected) : lines.next(expected);
  const traits = numbers(4, `the flags, affects, alignment and format of mob ${vnum}`);
  const { flags, affects, alignment, format: letter } = fields(traits, ["flags", "affects", "alignment", "format"]);
  const format = readFormat(letter, traits.source);
  const fighting = numbers(5, `the level, thac0, armor class, hit points and damage of mob ${vnum}`);
  const fight = fields(fighting, ["level", "thac0", "armor-class", "hit-points", "damage"]);
  const worth = integers(numbers(2, `the gold and experience of mob ${vnum}`), ["gold", "experience"]);
  const bearingLine = numbers(3, `the positions and sex of mob ${vnum}`);
  const bearing = integers(bearingLine, ["load-position", "default-position", "sex"]);
  const position = (value: number): Position =>
    named(value, positions, { what: "a position", source: bearingLine.source, fallback: "standing" }, report);

  return {
    vnum,
    keywords,
    shortDescription,
    longDescription,
    description,
    flags: readFlags(flags, dialect.mobFlags, "mob flags", traits.source, report),
    affects: readFlags(affects, dialect.affectFlags, "mob affects", traits.source, report),
    alignment: integer(alignment, "the alignment", traits.source),
    format,
    level: integer(fight.level, "the level", fighting.source),
    thac0: integer(fight.thac0, "thac0", fighting.source),
    armorClass: integer(fight["armor-class"], "the armor class", fighting.source),
    hitPoints: dice(fight["hit-points"], "hit points", fighting.source),
    damage: dice(fight.damage, "damage", fighting.source),
    gold: worth.gold,
    experience: worth.experience,
    loadPosition: position(bearing["load-position"]),
    defaultPosition: position(bearing["default-position"]),
    sex: named(bearing.sex, sexes, { what: "a sex", source: bearingLine.source, fallback: "neutral" }, report),
    abilities: format === "enhanced" ? readAbilities(lines, reading, vnum) : {},
    source,
  };
}

function readFormat(letter: string, source: Source): Mob["format"] {
  const upper = letter.toUpperCase();
  if (upper === "S") return "simple";
  if (upper === "E") return "enhanced";
  throw new WorldFileError({
    code: "unknown_value",
    source,
    expected: '"S" (simple) or "E" (enhanced)',
    found: quote(letter),
  });
}

/** Reads the lines `Name: value` of an enhanced mob up to the closing `E`. */
function readAbilities(lines: LineReader, reading: Reading, vnum: number): Mob["abilities"] {
  const values: Partial<Record<MobAbility, number>> = {};
  const expected = `"Name: value" or the closing "E" of mob ${vnum}`;
  for (;;) {
    const next = lines.peek();
    if (next !== undefined && endsRecord(next.text)) {
      reading.report(malformed(next, expected));
      return values;
    }
    const line = lines.next(expected);
    if (line.text === "E") return values;
    reading.salvage(() => {
      readAbility(line, expected, values, reading.report);
    });
  }
}

function readAbility(line: Line, expected: string, values: Partial<Record<MobAbility, number>>, report: Report): void {
  const [, name, value] = /^(\w+):\s*(\S+)$/.exec(line.text) ?? [];
  if (name === undefined || value === undefined) throw malformed(line, expected);
  const ability = abilities.find((known) => known.toLowerCase() === name.toLowerCase());
  if (ability === undefined) {
    report(
      new WorldFileError({
        code: "unknown_value",
        source: line.source,
        expected: `one of ${abilities.join(", ")}`,
        found: quote(name),
      }),
    );
    return;
  }
  values[ability] = integer(value, ability, line.source);
}

function malformed(line: Line, expected: string): WorldFileError {
  return new WorldFileError({
    code: "malformed_line",
    source: line.source,
    expected,
    found: quote(line.text),
  });
}
