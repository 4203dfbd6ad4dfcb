/** An entry or a condition of a `Set`: keys and values of ASCII, whose bytes are as many as their characters. */
export type BareSet = {
  readonly entries: readonly (readonly [key: string, value: string])[];
  /** Keys that must exist. */
  readonly exist: readonly string[];
  /** Keys that nobody has written after a transaction. */
  readonly unwritten: readonly (readonly [key: string, sinceTx: number])[];
};

const sizeOf = (value: number): number => {
  let size = 1;
  for (let rest = value; rest >= 0x80; rest = Math.floor(rest / 0x80)) size += 1;
  return size;
};
const sizeOfText = (text: string): number => 1 + sizeOf(text.length) + text.length;

/** A `SetRequest` of immudb's schema, durable, which does not wait for the index; written in one pass, so that the floor is not made slow by it. */
export function encodeBareSet({ entries, exist, unwritten }: BareSet): Buffer {
  let size = 2;
  for (const [key, value] of entries) size += 12 + sizeOfText(key) + sizeOfText(value);
  for (const key of exist) size += 24 + key.length;
  for (const [key] of unwritten) size += 36 + key.length;
  const out = Buffer.allocUnsafe(size);
  let at = 0;
  const number = (value: number): void => {
    let rest = value;
    for (; rest >= 0x80; rest = Math.floor(rest / 0x80)) out[at++] = (rest % 0x80) + 0x80;
    out[at++] = rest;
  };
  const open = (field: number, length: number): void => {
    out[at++] = field * 8 + 2;
    number(length);
  };
  const text = (field: number, value: string): void => {
    open(field, value.length);
    at += out.write(value, at, "latin1");
  };
  for (const [key, value] of entries) {
    open(1, sizeOfText(key) + sizeOfText(value));
    text(1, key);
    text(2, value);
  }
  out[at++] = 2 * 8;
  out[at++] = 1;
  for (const key of exist) {
    const inner = sizeOfText(key);
    open(3, 1 + sizeOf(inner) + inner);
    open(1, inner);
    text(1, key);
  }
  for (const [key, tx] of unwritten) {
    const inner = sizeOfText(key) + 1 + sizeOf(tx);
    open(3, 1 + sizeOf(inner) + inner);
    open(3, inner);
    text(1, key);
    out[at++] = 2 * 8;
    number(tx);
  }
  return out.subarray(0, at);
}
