import { checkHash, hashBytes, hashInto, hashOf } from "./sha256.ts";

// Merkle trees as in RFC 6962: leaves and inner nodes are hashed under different first bytes, so that one can never pass for the other; the
// last node of a level, if it has no neighbour, moves up unhashed.

// What is hashed next is put together here, over and over: a fresh buffer for each of them would cost as much as the hash.
const leafInput = Buffer.alloc(1 + hashBytes);
const nodeInput = Buffer.alloc(1 + 2 * hashBytes, 1);

/** The leaf of a tree for a hash: H(00 ‖ hash). Throws `RangeError` for what is not 32 bytes long. */
export function leafHash(of: Uint8Array): Uint8Array {
  checkHash(of);
  leafInput.set(of, 1);
  return hashOf(leafInput);
}

/** An inner node: H(01 ‖ left ‖ right). Throws `RangeError` as `leafHash` does. */
export function nodeHash(left: Uint8Array, right: Uint8Array): Uint8Array {
  checkHash(left);
  checkHash(right);
  nodeInput.set(left, 1);
  nodeInput.set(right, 1 + hashBytes);
  return hashOf(nodeInput);
}

/** Hashes lefts to a node, each to what came of those before; the way from a last leaf to the root. Undefined is nothing. */
export function foldUp(lefts: readonly (Uint8Array | undefined)[]): Uint8Array | undefined {
  let first: Uint8Array | undefined;
  let count = 0;
  for (const left of lefts) {
    if (left === undefined) continue;
    count += 1;
    if (count === 1) {
      first = left;
      continue;
    }
    if (count === 2 && first !== undefined) nodeInput.set(first, 1 + hashBytes);
    nodeInput.set(left, 1);
    hashInto(nodeInput, nodeInput, 1 + hashBytes);
  }
  return count < 2 ? first : Buffer.from(nodeInput.subarray(1 + hashBytes));
}

/** Replaces hashes that stand one after another in a buffer by their leaves, and the first of them by the root; `count` is at least 1. */
export function foldToRoot(hashes: Buffer, count: number): void {
  for (let at = 0; at < count * hashBytes; at += hashBytes) {
    hashes.copy(leafInput, 1, at, at + hashBytes);
    hashInto(leafInput, hashes, at);
  }
  for (let width = count; width > 1; width = Math.ceil(width / 2)) {
    const pairs = Math.floor(width / 2);
    for (let pair = 0; pair < pairs; pair += 1) {
      hashes.copy(nodeInput, 1, pair * 2 * hashBytes, (pair + 1) * 2 * hashBytes);
      hashInto(nodeInput, hashes, pair * hashBytes);
    }
    if (width % 2 === 1) hashes.copyWithin(pairs * hashBytes, (width - 1) * hashBytes, width * hashBytes);
  }
}

// The way from a leaf to the root: a node's place on the next level, and whether it is a right one. Not by shifts, which cut to 32 bits.
export const half = (place: number): number => Math.floor(place / 2);
export const odd = (place: number): boolean => place % 2 === 1;
