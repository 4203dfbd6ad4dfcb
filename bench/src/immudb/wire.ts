// As much of protobuf as a bare client needs. It is not the store's own codec, so that neither can hide a mistake of the other.

/** A field of a message: the bytes of a length-delimited one, or the number of a varint. */
export type Field = { readonly field: number; readonly bytes: Uint8Array; readonly number: number };

const delimited = 2;
const empty = new Uint8Array(0);

function varint(value: number): Buffer {
  const bytes: number[] = [];
  let rest = value;
  for (; rest >= 0x80; rest = Math.floor(rest / 0x80)) bytes.push((rest % 0x80) + 0x80);
  bytes.push(rest);
  return Buffer.from(bytes);
}

export const numberField = (field: number, value: number): Buffer => Buffer.concat([varint(field * 8), varint(value)]);
export const bytesField = (field: number, bytes: Uint8Array): Buffer =>
  Buffer.concat([varint(field * 8 + delimited), varint(bytes.length), bytes]);
export const textField = (field: number, text: string): Buffer => bytesField(field, Buffer.from(text));
export const encodeFields = (...fields: readonly Buffer[]): Buffer => Buffer.concat(fields);

/** The fields of a message that has only varints and length-delimited fields. Throws `RangeError` for another kind, or an end inside a field. */
export function* readFields(message: Uint8Array): Generator<Field, void> {
  let at = 0;
  const next = (): number => {
    let value = 0;
    for (let scale = 1; ; scale *= 0x80) {
      const byte = message[at++];
      if (byte === undefined) throw new RangeError("the message ends inside a field");
      value += (byte & 0x7f) * scale;
      if (byte < 0x80) return value;
    }
  };
  while (at < message.length) {
    const tag = next();
    const kind = tag % 8;
    if (kind !== 0 && kind !== delimited) throw new RangeError(`a field of kind ${kind}`);
    const value = next();
    if (kind === 0) {
      yield { field: Math.floor(tag / 8), bytes: empty, number: value };
      continue;
    }
    at += value;
    if (at > message.length) throw new RangeError("the message ends inside a field");
    yield { field: Math.floor(tag / 8), bytes: message.subarray(at - value, at), number: 0 };
  }
}
