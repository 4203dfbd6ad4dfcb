import { isUtf8 } from "node:buffer";
import { MalformedMessageError } from "./errors.ts";

const maxDepth = 64;
const proto = new TextEncoder().encode("__proto__");

type Cursor = { readonly bytes: Uint8Array; readonly view: DataView; at: number; entries: number };

/**
 * Walks msgpack bytes without building anything and returns how many map entries they hold. Throws `MalformedMessageError` unless they are
 * exactly one value in JSON's terms: no binary or extension types, no integers that a double cannot hold, string keys, valid UTF-8,
 * nesting up to 64, every declared length present. The decoder proper is lenient (it renames, coerces, revives, replaces) and allocates by
 * declared lengths, so it only ever sees what passed here.
 */
export function checkPacked(bytes: Uint8Array): number {
  const cursor: Cursor = { bytes, view: new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength), at: 0, entries: 0 };
  value(cursor, 0);
  if (cursor.at !== bytes.length) throw malformed("bytes after the end of the value", cursor.at);
  return cursor.entries;
}

function value(cursor: Cursor, depth: number): void {
  const head = byte(cursor);
  if (head < 0x80 || head >= 0xe0) return;
  if (head < 0x90) return map(cursor, head & 0x0f, depth);
  if (head < 0xa0) return array(cursor, head & 0x0f, depth);
  if (head < 0xc0) return text(cursor, head & 0x1f);
  switch (head) {
    case 0xc0: // nil
    case 0xc2: // false
    case 0xc3: // true
      return;
    case 0xca:
      return skip(cursor, 4);
    case 0xcb:
      return skip(cursor, 8);
    case 0xcc:
    case 0xd0:
      return skip(cursor, 1);
    case 0xcd:
    case 0xd1:
      return skip(cursor, 2);
    case 0xce:
    case 0xd2:
      return skip(cursor, 4);
    case 0xcf:
    case 0xd3:
      return wideInteger(cursor, head === 0xd3);
    case 0xd9:
    case 0xda:
    case 0xdb:
      return text(cursor, size(cursor, head - 0xd9));
    case 0xdc:
    case 0xdd:
      return array(cursor, size(cursor, head - 0xdb), depth);
    case 0xde:
    case 0xdf:
      return map(cursor, size(cursor, head - 0xdd), depth);
    default:
      throw malformed("a binary, extension or unused type", cursor.at - 1);
  }
}

function array(cursor: Cursor, count: number, depth: number): void {
  if (depth >= maxDepth) throw malformed(`nesting beyond ${maxDepth}`, cursor.at);
  // Every element takes a byte at least, so a declared length that is not true ends the walk no later than the bytes end.
  for (let index = 0; index < count; index += 1) value(cursor, depth + 1);
}

function map(cursor: Cursor, count: number, depth: number): void {
  if (depth >= maxDepth) throw malformed(`nesting beyond ${maxDepth}`, cursor.at);
  cursor.entries += count;
  for (let index = 0; index < count; index += 1) {
    key(cursor);
    value(cursor, depth + 1);
  }
}

function key(cursor: Cursor): void {
  const head = byte(cursor);
  const start = cursor.at;
  if (head >= 0xa0 && head < 0xc0) name(cursor, head & 0x1f);
  else if (head >= 0xd9 && head <= 0xdb) name(cursor, size(cursor, head - 0xd9));
  else throw malformed("a key that is no string", start - 1);
}

function name(cursor: Cursor, length: number): void {
  const start = cursor.at;
  text(cursor, length);
  if (length === proto.length && proto.every((letter, index) => cursor.bytes[start + index] === letter)) {
    throw malformed("a __proto__ key", start);
  }
}

function text(cursor: Cursor, length: number): void {
  const { bytes, at } = cursor;
  skip(cursor, length);
  for (let index = at; index < cursor.at; index += 1) {
    if ((bytes[index] ?? 0) < 0x80) continue;
    if (!isUtf8(bytes.subarray(index, cursor.at))) throw malformed("a string that is not UTF-8", at);
    return;
  }
}

function wideInteger(cursor: Cursor, signed: boolean): void {
  const at = cursor.at;
  skip(cursor, 8);
  const high = signed ? cursor.view.getInt32(at) : cursor.view.getUint32(at);
  if (!Number.isSafeInteger(high * 0x1_0000_0000 + cursor.view.getUint32(at + 4))) {
    throw malformed("an integer beyond ±(2^53 - 1): send it as a string", at);
  }
}

/** The length that follows a head: 1, 2 or 4 bytes for `width` 0, 1, 2. */
function size(cursor: Cursor, width: number): number {
  const at = cursor.at;
  skip(cursor, 1 << width);
  if (width === 0) return cursor.view.getUint8(at);
  return width === 1 ? cursor.view.getUint16(at) : cursor.view.getUint32(at);
}

function byte(cursor: Cursor): number {
  const the = cursor.bytes[cursor.at];
  if (the === undefined) throw malformed("the end of the bytes inside the value", cursor.at);
  cursor.at += 1;
  return the;
}

function skip(cursor: Cursor, length: number): void {
  if (length > cursor.bytes.length - cursor.at) throw malformed("the end of the bytes inside the value", cursor.at);
  cursor.at += length;
}

function malformed(what: string, offset: number): MalformedMessageError {
  return new MalformedMessageError(`msgpack with ${what}, at byte ${offset}`, { contentType: "application/msgpack", offset });
}
