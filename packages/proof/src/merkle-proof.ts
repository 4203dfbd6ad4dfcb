import { sameBytes } from "./bytes.ts";
import { half, nodeHash, odd } from "./merkle.ts";
import { hashBytes } from "./sha256.ts";

type Terms = readonly Uint8Array[];

const areHashes = (terms: Terms): boolean => terms.every((term) => term.length === hashBytes);

/**
 * The root that a leaf and its neighbours on the way up make, for the leaf at `index` (from 0) of `width`; undefined where the number of
 * neighbours is not exactly that of such a leaf: a shorter way could pass for that of another leaf.
 */
export function rootOfInclusion(leaf: Uint8Array, index: number, width: number, terms: Terms): Uint8Array | undefined {
  if (!Number.isSafeInteger(index) || !Number.isSafeInteger(width) || index < 0 || index >= width || !areHashes(terms)) return undefined;
  let root = leaf;
  let used = 0;
  for (let at = index, last = width - 1; last > 0; at = half(at), last = half(last)) {
    if (!odd(at) && at === last) continue;
    const term = terms[used];
    if (term === undefined) return undefined;
    used += 1;
    root = odd(at) ? nodeHash(term, root) : nodeHash(root, term);
  }
  return used === terms.length ? root : undefined;
}

/**
 * Whether the tree of one size and root is the beginning of the tree of another. Terms: the last complete subtree of the smaller one, then its
 * neighbours on the way to the root of the larger one; none are needed for equal sizes.
 */
export function isConsistent(terms: Terms, smaller: number, larger: number, smallerRoot: Uint8Array, largerRoot: Uint8Array): boolean {
  if (!(smaller >= 1) || smaller > larger || !areHashes(terms)) return false;
  const [first, ...neighbours] = terms;
  if (first === undefined) return smaller === larger && sameBytes(smallerRoot, largerRoot);
  let [at, last] = [smaller - 1, larger - 1];
  for (; odd(at); at = half(at)) last = half(last);
  let [old, now] = [first, first];
  let used = 0;
  for (; last > 0; at = half(at), last = half(last)) {
    if (!odd(at) && at === last) continue;
    const term = neighbours[used];
    if (term === undefined) return false;
    used += 1;
    // To the left of the last subtree both trees are the same; to the right the larger one has grown.
    if (odd(at)) [old, now] = [nodeHash(term, old), nodeHash(term, now)];
    else now = nodeHash(now, term);
  }
  return used === neighbours.length && sameBytes(old, smallerRoot) && sameBytes(now, largerRoot);
}
