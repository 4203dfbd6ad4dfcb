import { hash } from "node:crypto";

/** Length of every hash here. */
export const hashBytes = 32;

/** Throws `RangeError` for what cannot be a hash: in a buffer that is filled again and again, rests of the one before would follow it. */
export function checkHash(hash: Uint8Array): void {
  if (hash.length !== hashBytes) throw new RangeError(`a hash is ${hashBytes} bytes long, not ${hash.length}`);
}

// Making a string of a hash and writing that into a buffer takes a quarter of the time of letting the engine make a buffer (Node 24).
/** Writes the hash of some bytes to a place in a buffer. */
export function hashInto(input: Uint8Array, out: Buffer, offset: number): void {
  out.write(hash("sha256", input, "binary"), offset, "latin1");
}

/** The hash of some bytes. */
export function hashOf(input: Uint8Array): Uint8Array {
  const out = Buffer.allocUnsafe(hashBytes);
  hashInto(input, out, 0);
  return out;
}

/** The hash of byte strings, one after another. */
export const sha256 = (...parts: readonly Uint8Array[]): Uint8Array => {
  const [first] = parts;
  return hashOf(first !== undefined && parts.length === 1 ? first : Buffer.concat(parts));
};

/** The accumulated hash before the first transaction: SHA-256 of nothing. */
export const genesisAlh = sha256();

/** Stands for the root of a history tree without leaves. */
export const noRoot: Uint8Array = new Uint8Array(hashBytes);
