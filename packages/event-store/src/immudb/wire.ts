/** Writes the fields of one protobuf message. Numbers are whole and from 0; a zero, an empty text and `false` are left out, as proto3 does. */
export type Writer = {
  number(field: number, value: number): void;
  flag(field: number, value: boolean): void;
  /** Text stands for its UTF-8 form. */
  bytes(field: number, value: Uint8Array | string): void;
  text(field: number, value: string): void;
  message(field: number, write: (writer: Writer) => void): void;
};

/** A field as read: the number of a varint, or the bytes of a length-delimited one (a view of the message). Other kinds are skipped. */
export type Field = { readonly field: number; readonly number: number; readonly bytes: Uint8Array };

const varint = 0;
const fixed64 = 1;
const delimited = 2;
const fixed32 = 5;
const empty = new Uint8Array(0);

export function encodeMessage(write: (writer: Writer) => void): Buffer {
  let buffer = Buffer.allocUnsafe(1024);
  let at = 0;

  const room = (more: number): void => {
    if (at + more <= buffer.length) return;
    const larger = Buffer.allocUnsafe(Math.max(buffer.length * 2, at + more));
    buffer.copy(larger, 0, 0, at);
    buffer = larger;
  };
  const uint = (value: number): void => {
    room(10);
    let rest = value;
    while (rest >= 0x80) {
      buffer[at++] = (rest % 0x80) + 0x80;
      rest = Math.floor(rest / 0x80);
    }
    buffer[at++] = rest;
  };
  const delimitedField = (field: number, length: number): void => {
    uint(field * 8 + delimited);
    uint(length);
    room(length);
  };

  const writer: Writer = {
    number(field, value) {
      if (value === 0) return;
      uint(field * 8 + varint);
      uint(value);
    },
    flag(field, value) {
      writer.number(field, value ? 1 : 0);
    },
    bytes(field, value) {
      if (typeof value === "string") {
        delimitedField(field, Buffer.byteLength(value));
        at += buffer.write(value, at);
        return;
      }
      delimitedField(field, value.length);
      buffer.set(value, at);
      at += value.length;
    },
    text(field, value) {
      if (value !== "") writer.bytes(field, value);
    },
    message(field, write) {
      uint(field * 8 + delimited);
      const start = at;
      write(writer);
      const length = at - start;
      // The length goes in front of what it counts, and how much room it takes is known only now.
      const size = sizeOf(length);
      room(size);
      buffer.copyWithin(start + size, start, at);
      at = start;
      uint(length);
      at = start + size + length;
    },
  };
  write(writer);
  return buffer.subarray(0, at);
}

function sizeOf(value: number): number {
  let size = 1;
  for (let rest = value; rest >= 0x80; rest = Math.floor(rest / 0x80)) size += 1;
  return size;
}

/** The fields of a message in their order. Throws `RangeError` for bytes that end inside a field, or a kind that protobuf does not have. */
export function* fieldsOf(message: Uint8Array): Generator<Field, void> {
  let at = 0;
  const uint = (): number => {
    let value = 0;
    for (let scale = 1; ; scale *= 0x80) {
      const byte = message[at++];
      if (byte === undefined) throw new RangeError("a message of the server ends inside a field");
      value += (byte & 0x7f) * scale;
      if (byte < 0x80) return value;
    }
  };
  const take = (length: number): Uint8Array => {
    if (at + length > message.length) throw new RangeError("a message of the server ends inside a field");
    at += length;
    return message.subarray(at - length, at);
  };
  while (at < message.length) {
    const tag = uint();
    const field = Math.floor(tag / 8);
    const kind = tag % 8;
    if (kind === varint) yield { field, number: uint(), bytes: empty };
    else if (kind === delimited) yield { field, number: 0, bytes: take(uint()) };
    else if (kind === fixed64) take(8);
    else if (kind === fixed32) take(4);
    else throw new RangeError(`a message of the server has a field of kind ${kind}`);
  }
}
