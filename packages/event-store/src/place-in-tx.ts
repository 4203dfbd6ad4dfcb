import { positionOf, positionsPerTransaction } from "./position.ts";

// A read by key tells the transaction of an entry but not its place in it. The place therefore stands behind the value, in digits that JSON
// calls white space: any JSON reader still reads the value, the text without them is the canonical one, and place 0 (a transaction of a
// single event) adds nothing. They are part of the value that hashes and proofs are over.
const digits = [0x20, 0x09, 0x0a, 0x0d] as const;
const base = digits.length;

/**
 * The place behind the outcome of a command that changed nothing: no event tells of it, whatever else its transaction holds. No other outcome has
 * it, as it takes a record of the transaction itself beside those of the events before it.
 */
export const placeOfNone = positionsPerTransaction - 1;

/** The position of a recorded outcome: that of the last event of its commit, 0 where it has none. */
export const outcomePosition = (tx: number, index: number): number => (index === placeOfNone ? 0 : positionOf(tx, index));

/** A canonical JSON text with a place behind it. */
export function withIndexText(text: string, index: number): string {
  let trailer = "";
  for (let rest = index; rest > 0; rest = Math.floor(rest / base)) trailer += String.fromCharCode(digits[rest % base] ?? 0);
  return text + trailer;
}

/** The value to store for a canonical JSON text at a place of its transaction. */
export const withIndex = (text: string, index: number): Buffer => Buffer.from(withIndexText(text, index));

/** The canonical JSON of a stored value, as a view of it, and its place in its transaction. */
export function splitIndex(value: Uint8Array): { readonly bytes: Uint8Array; readonly index: number } {
  let end = value.length;
  let index = 0;
  for (; end > 0; end -= 1) {
    const digit = digits.indexOf((value[end - 1] ?? 0) as (typeof digits)[number]);
    if (digit < 0) break;
    index = index * base + digit;
  }
  return { bytes: value.subarray(0, end), index };
}
