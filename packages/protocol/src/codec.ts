import { isUtf8 } from "node:buffer";
import { asJson, type Json, NotJsonError } from "@aethyr/kernel";
import { Packr } from "msgpackr";
import type { ContentType } from "./content-type.ts";
import { MalformedMessageError, TooLargeError } from "./errors.ts";
import { checkPacked } from "./packed.ts";

/** Bytes that a command may have, unless configured otherwise. */
export const defaultMaxCommandBytes = 64 * 1024;

// Maps as small as they can be, plain values only: what any msgpack library reads. `useToJSON` off, because a field may be called `toJSON`.
const packr = new Packr({
  useRecords: false,
  variableMapSize: true,
  useToJSON: false,
  structuredClone: false,
  moreTypes: false,
  int64AsType: "number",
});

// The packer hands out views of slabs that grow with the largest message: a small message must not keep a large slab alive.
const largestSharedSlab = 64 * 1024;

/** Writes a value. The bytes are the caller's to keep. Throws `NotJsonError` for what is no JSON value: a bug of the caller. */
export function encode(value: Json, contentType: ContentType): Uint8Array {
  asJson(value);
  const packed = contentType === "application/msgpack" ? packr.pack(value) : Buffer.from(JSON.stringify(value));
  if (packed.buffer.byteLength > largestSharedSlab && packed.byteLength < packed.buffer.byteLength) return new Uint8Array(packed);
  return new Uint8Array(packed.buffer, packed.byteOffset, packed.byteLength);
}

/**
 * Reads a value. Throws `MalformedMessageError` for anything but exactly one JSON value in that content type (no duplicate keys, no
 * `__proto__`, nesting up to 64), and `TooLargeError` past `maxBytes`. Memory used is in proportion to the bytes, whatever they declare.
 */
export function decode(bytes: Uint8Array, contentType: ContentType, maxBytes = Number.POSITIVE_INFINITY): Json {
  if (bytes.length > maxBytes) throw new TooLargeError(maxBytes, bytes.length);
  return contentType === "application/msgpack" ? unpack(bytes) : parse(bytes);
}

function unpack(bytes: Uint8Array): Json {
  const entries = checkPacked(bytes);
  let value: unknown;
  try {
    // A view of our own: the decoder leaves a property on what it reads.
    value = packr.unpack(new Uint8Array(bytes.buffer, bytes.byteOffset, bytes.byteLength));
  } catch (cause) {
    throw new MalformedMessageError(`no msgpack: ${String(cause)}`, { contentType: "application/msgpack" }, { cause });
  }
  return checked(value, entries, "application/msgpack");
}

function parse(bytes: Uint8Array): Json {
  if (!isUtf8(bytes)) throw new MalformedMessageError("JSON that is not UTF-8", { contentType: "application/json" });
  let value: unknown;
  try {
    value = JSON.parse(Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString());
  } catch (cause) {
    throw new MalformedMessageError(`no JSON: ${String(cause)}`, { contentType: "application/json" }, { cause });
  }
  return checked(value, entriesOf(bytes), "application/json");
}

/** Both decoders let the last of several equal keys win without a word, so keys are counted on both sides of them. */
function checked(value: unknown, entries: number, contentType: ContentType): Json {
  try {
    const json = asJson(value);
    if (entries > 1 && keysOf(json) !== entries) throw new MalformedMessageError("a key stands twice in the same object", { contentType });
    return json;
  } catch (cause) {
    if (cause instanceof NotJsonError) throw new MalformedMessageError(cause.message, { contentType, ...cause.details }, { cause });
    throw cause;
  }
}

function keysOf(value: Json): number {
  if (typeof value !== "object" || value === null) return 0;
  const list = Array.isArray(value);
  let count = list ? 0 : Object.keys(value).length;
  for (const inner of list ? (value as readonly Json[]) : Object.values(value)) count += keysOf(inner);
  return count;
}

/** Object entries in bytes that are known to be JSON: the colons outside strings. */
function entriesOf(bytes: Uint8Array): number {
  let count = 0;
  let quoted = false;
  for (let index = 0; index < bytes.length; index += 1) {
    const the = bytes[index];
    if (the === 0x22) quoted = !quoted;
    else if (quoted && the === 0x5c) index += 1;
    else if (!quoted && the === 0x3a) count += 1;
  }
  return count;
}
