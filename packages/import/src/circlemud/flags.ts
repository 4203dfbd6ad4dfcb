import { quote, type Report, type Source, WorldFileError } from "./world-file-error.ts";

/**
 * Reads a flag word into the names of its set bits, in the order of the bits. A word is either letters (`a`–`z` are
 * bits 0–25, `A`–`F` bits 26–31) or one decimal number. Bits without a name are reported and left out.
 */
export function readFlags<N extends string>(word: string, names: readonly N[], what: string, source: Source, report: Report): readonly N[] {
  const bits = bitsOf(word);
  if (bits === undefined) {
    report(
      new WorldFileError({
        code: "unknown_flag",
        source,
        expected: `${what} as letters a-z and A-F, or as one number of 32 bits`,
        found: quote(word),
      }),
    );
    return [];
  }
  const unnamed = bits.filter((bit) => bit >= names.length);
  if (unnamed.length > 0) {
    report(
      new WorldFileError({
        code: "unknown_flag",
        source,
        expected: `${what} with bits 0 to ${names.length - 1} only`,
        found: `bit ${unnamed.join(", ")} in ${quote(word)}`,
      }),
    );
  }
  return bits.flatMap((bit) => names[bit] ?? []);
}

function bitsOf(word: string): readonly number[] | undefined {
  if (/^-?\d+$/.test(word)) {
    const value = Number(word);
    if (value < -(2 ** 31) || value >= 2 ** 32) return undefined;
    return bitPositions((bit) => ((value >>> bit) & 1) === 1);
  }
  if (!/^[a-zA-F]+$/.test(word)) return undefined;
  const set = new Set(Array.from(word, (letter) => letter.charCodeAt(0) - (letter >= "a" ? 97 : 39)));
  return bitPositions((bit) => set.has(bit));
}

function bitPositions(isSet: (bit: number) => boolean): readonly number[] {
  return Array.from({ length: 32 }, (_, bit) => bit).filter(isSet);
}

/**
 * Names entry `value` of a closed list counted from 0. A value outside the list is reported; a lenient reader then goes
 * on with `fallback`.
 */
export function named<N extends string>(
  value: number,
  names: readonly N[],
  field: { readonly what: string; readonly source: Source; readonly fallback: N },
  report: Report,
): N {
  const name = names[value];
  if (name !== undefined) return name;
  report(
    new WorldFileError({
      code: "unknown_value",
      source: field.source,
      expected: `${field.what} from 0 to ${names.length - 1}`,
      found: String(value),
    }),
  );
  return field.fallback;
}
