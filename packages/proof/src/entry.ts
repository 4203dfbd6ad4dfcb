import { foldToRoot } from "./merkle.ts";
import { checkHash, genesisAlh, hashBytes, hashInto, hashOf } from "./sha256.ts";
import type { DigestedEntry, RawEntry, TxHeader } from "./transaction.ts";

/** The key as the log stores it: `00` and the key. Text stands for its UTF-8 form. */
export const rawKey = (key: string | Uint8Array): Uint8Array => prefixed(key);

/** A plain value as the log stores it: `00` and the value. Text stands for its UTF-8 form. */
export const rawValue = (value: string | Uint8Array): Uint8Array => prefixed(value);

function prefixed(content: string | Uint8Array): Uint8Array {
  const raw = Buffer.allocUnsafe(1 + (typeof content === "string" ? Buffer.byteLength(content) : content.length));
  raw[0] = 0;
  if (typeof content === "string") raw.write(content, 1);
  else raw.set(content, 1);
  return raw;
}

/** The hash that stands for a raw value. */
export const hashOfValue = (raw: Uint8Array): Uint8Array => hashOf(raw);

/** The entry with its value by its hash. */
export const digested = ({ key, value, metadata, hValue }: RawEntry): DigestedEntry => ({
  key,
  metadata,
  hValue: hValue ?? hashOfValue(value),
});

const expiresAt = 1;
const deleted = 0;

/** Whether an entry of this metadata may have expired, so that an engine gives its value no more. */
export const mayExpire = (metadata: Uint8Array): boolean => metadata[metadata[0] === deleted ? 1 : 0] === expiresAt;

type Version = TxHeader["version"];

/**
 * The digest of an entry, under the rules of its transaction's header version. Throws `RangeError` for a key or metadata over 65,535 bytes, and
 * for metadata under version 0, which has none.
 */
export function entryDigest(version: Version, { key, metadata, hValue }: DigestedEntry): Uint8Array {
  checkHash(hValue);
  const input = digestInput(version, key, metadata);
  input.set(hValue, input.length - hashBytes);
  return hashOf(input);
}

/** Root of the tree over the digests of a transaction's entries, in their order. Without any: SHA-256 of nothing. */
export function entriesRoot(digests: readonly Uint8Array[]): Uint8Array {
  for (const digest of digests) checkHash(digest);
  if (digests.length === 0) return genesisAlh;
  const hashes = Buffer.allocUnsafe(digests.length * hashBytes);
  digests.forEach((digest, index) => hashes.set(digest, index * hashBytes));
  return rootOf(hashes, digests.length);
}

/** The same from the entries, without anything in between. */
export function entriesRootOf(version: Version, entries: readonly RawEntry[]): Uint8Array {
  if (entries.length === 0) return genesisAlh;
  const hashes = Buffer.allocUnsafe(entries.length * hashBytes);
  let at = 0;
  for (const { key, value, metadata, hValue } of entries) {
    const input = digestInput(version, key, metadata);
    if (hValue) input.set(hValue, input.length - hashBytes);
    else hashInto(value, input, input.length - hashBytes);
    hashInto(input, hashes, at);
    at += hashBytes;
  }
  return rootOf(hashes, entries.length);
}

function rootOf(hashes: Buffer, count: number): Uint8Array {
  foldToRoot(hashes, count);
  return Buffer.from(hashes.subarray(0, hashBytes));
}

const longest = 0xffff;
// Keys are short and of few lengths: their inputs are put together in the same buffers over and over.
const inputs: Buffer[] = [];
const longestKept = 512;

/** What the digest is over, but for the hash of the value: its last 32 bytes. */
function digestInput(version: Version, key: Uint8Array, metadata: Uint8Array): Buffer {
  if (key.length > longest || metadata.length > longest) throw new RangeError("a key or metadata of an entry is over 65,535 bytes");
  if (version === 0) {
    if (metadata.length > 0) throw new RangeError("entries under header version 0 have no metadata");
    const input = inputOf(key.length + hashBytes);
    input.set(key);
    return input;
  }
  const input = inputOf(4 + metadata.length + key.length + hashBytes);
  input.writeUInt16BE(metadata.length);
  input.set(metadata, 2);
  input.writeUInt16BE(key.length, 2 + metadata.length);
  input.set(key, 4 + metadata.length);
  return input;
}

function inputOf(length: number): Buffer {
  if (length > longestKept) return Buffer.allocUnsafe(length);
  return (inputs[length] ??= Buffer.alloc(length));
}
