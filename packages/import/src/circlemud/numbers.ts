import type { Line } from "./line-reader.ts";
import { quote, type Source, WorldFileError } from "./world-file-error.ts";

/** The game keeps numbers in 32 bits, so a longer one is a slip of the pen. */
const largest = 2 ** 31 - 1;

/** A dice roll with a constant added, such as `2d8+18`. */
export type Dice = {
  readonly count: number;
  readonly sides: number;
  readonly bonus: number;
};

/** Splits a line into exactly the named fields. */
export function fields<K extends string>(line: Line, names: readonly K[]): Readonly<Record<K, string>> {
  const words = line.text.trim().split(/\s+/);
  if (words.length !== names.length) {
    throw new WorldFileError({
      code: "malformed_line",
      source: line.source,
      expected: `${names.length} fields "${names.join(" ")}"`,
      found: quote(line.text),
    });
  }
  return byName(names, (_name, index) => words[index] ?? "");
}

/** Splits a line into exactly the named whole numbers. */
export function integers<K extends string>(line: Line, names: readonly K[]): Readonly<Record<K, number>> {
  const words = fields(line, names);
  return byName(names, (name) => integer(words[name], name, line.source));
}

/** Reads one whole number of 32 bits. */
export function integer(word: string, name: string, source: Source): number {
  const value = Number(word);
  if (!/^[+-]?\d+$/.test(word) || Math.abs(value) > largest) throw badNumber(`a whole number for ${name}`, word, source);
  return value;
}

/** Reads a number that may have decimals, such as a shop's profit. */
export function decimal(word: string, name: string, source: Source): number {
  if (!/^[+-]?\d*\.?\d+$/.test(word)) throw badNumber(`a number for ${name}`, word, source);
  return Number(word);
}

export function dice(word: string, name: string, source: Source): Dice {
  const match = /^(\d{1,9})d(\d{1,9})([+-]\d{1,9})$/i.exec(word);
  if (match === null) throw badNumber(`dice such as 2d8+18 for ${name}`, word, source);
  const [, count, sides, bonus] = match;
  return { count: Number(count), sides: Number(sides), bonus: Number(bonus) };
}

function badNumber(expected: string, word: string, source: Source): WorldFileError {
  return new WorldFileError({ code: "bad_number", source, expected, found: quote(word) });
}

function byName<K extends string, V>(names: readonly K[], value: (name: K, index: number) => V): Readonly<Record<K, V>> {
  const result: Partial<Record<K, V>> = {};
  names.forEach((name, index) => {
    result[name] = value(name, index);
  });
  return result as Record<K, V>;
}
