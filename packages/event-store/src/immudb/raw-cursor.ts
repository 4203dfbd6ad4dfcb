/**
 * Reads the fields of a protobuf message one by one without an object for each: a log has millions of them. `field` asks for the next one and
 * is 0 at the end of the message; whoever called it then takes the value by `number`, `bigint`, `bytes` or `message`, or leaves it.
 * Everything throws `RangeError` for bytes that end inside a field, or that are not what was asked for.
 */
export type Cursor = {
  field(): number;
  /** A varint. Exact up to 2^53 − 1, which every number of ours is below; a larger one is refused. */
  number(): number;
  /** A varint that stands for a signed number. */
  bigint(): bigint;
  /** A view of the message. */
  bytes(): Uint8Array;
  /** Reads a message inside this one. `read` must ask for fields until there are none. */
  message<T>(read: (cursor: Cursor) => T): T;
};

const varint = 0;
const fixed64 = 1;
const delimited = 2;
const fixed32 = 5;

export function cursorOf(source: Uint8Array): Cursor {
  let at = 0;
  let end = source.length;
  let kind = -1;

  const uint = (): number => {
    let byte = source[at++] ?? -1;
    if (byte >= 0 && byte < 0x80 && at <= end) return byte;
    let value = 0;
    for (let scale = 1; ; scale *= 0x80) {
      if (byte < 0 || at > end) throw cutShort();
      value += (byte & 0x7f) * scale;
      if (byte < 0x80) break;
      byte = source[at++] ?? -1;
    }
    if (value > Number.MAX_SAFE_INTEGER) throw new RangeError("a message of the server has a number that is too large");
    return value;
  };
  const skipTo = (next: number): number => {
    if (next > end) throw cutShort();
    const from = at;
    at = next;
    return from;
  };
  const skip = (): void => {
    if (kind === varint) big();
    else if (kind === delimited) {
      const length = uint();
      skipTo(at + length);
    } else if (kind === fixed64) skipTo(at + 8);
    else if (kind === fixed32) skipTo(at + 4);
    kind = -1;
  };
  const big = (): bigint => {
    let value = 0n;
    for (let shift = 0n; ; shift += 7n) {
      const byte = source[at++] ?? -1;
      if (byte < 0 || at > end) throw cutShort();
      value |= BigInt(byte & 0x7f) << shift;
      if (byte < 0x80) return BigInt.asIntN(64, value);
    }
  };
  const take = (wanted: number): void => {
    if (kind !== wanted) throw new RangeError("a message of the server has a field of another kind");
    kind = -1;
  };

  const cursor: Cursor = {
    field: () => {
      if (kind >= 0) skip();
      if (at >= end) return 0;
      const tag = uint();
      kind = tag % 8;
      if (kind !== varint && kind !== delimited && kind !== fixed64 && kind !== fixed32)
        throw new RangeError(`a message of the server has a field of kind ${kind}`);
      return Math.floor(tag / 8);
    },
    number: () => {
      take(varint);
      return uint();
    },
    bigint: () => {
      take(varint);
      return big();
    },
    bytes: () => {
      take(delimited);
      const length = uint();
      const from = skipTo(at + length);
      return source.subarray(from, at);
    },
    message: (read) => {
      take(delimited);
      const outer = end;
      const length = uint();
      if (at + length > outer) throw cutShort();
      end = at + length;
      const value = read(cursor);
      end = outer;
      return value;
    },
  };
  return cursor;
}

const cutShort = (): RangeError => new RangeError("a message of the server ends inside a field");
