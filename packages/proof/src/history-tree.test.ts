import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { createHistoryTree, createMemoryNodes } from "./history-tree.ts";
import { leafHash } from "./merkle.ts";
import { isConsistent, rootOfInclusion } from "./merkle-proof.ts";
import { sha256 } from "./sha256.ts";
import { change, changed } from "./testing/mutate.ts";

const leafOf = (tx: number): Uint8Array => sha256(Buffer.from(`transaction ${tx}`));

function treeOf(size: number) {
  const nodes = createMemoryNodes();
  const tree = createHistoryTree(nodes);
  for (let tx = 1; tx <= size; tx += 1) tree.append(leafOf(tx));
  return { nodes, tree };
}

/** The tree head of RFC 6962 over transactions first…last. */
function headOf(first: number, last: number): Uint8Array {
  if (last < first) return new Uint8Array(32);
  if (first === last) return sha256(Uint8Array.of(0), leafOf(first));
  let left = 1;
  while (left * 2 < last - first + 1) left *= 2;
  return sha256(Uint8Array.of(1), headOf(first, first + left - 1), headOf(first + left, last));
}

const most = 70;
const { tree: big } = treeOf(most);

/** Two sizes or places in a tree, the smaller first. */
const pair = fc
  .tuple(fc.integer({ min: 1, max: most }), fc.integer({ min: 1, max: most }))
  .map(([a, b]) => (a <= b ? [a, b] : [b, a]) as [number, number]);

describe("[G10] the history tree", () => {
  test("has the root of RFC 6962 at every size, now and afterwards", () => {
    const tree = createHistoryTree(createMemoryNodes());
    expect(tree.root()).toEqual(new Uint8Array(32));
    for (let size = 1; size <= most; size += 1) {
      tree.append(leafOf(size));
      expect(tree.size()).toBe(size);
      expect(tree.root()).toEqual(headOf(1, size));
      expect(big.rootAt(size)).toEqual(headOf(1, size));
    }
    expect(big.rootAt(0)).toEqual(new Uint8Array(32));
  });

  test("goes on from its stored nodes as if it had never stopped, at any size", () => {
    for (let size = 0; size <= 34; size += 1) {
      const { nodes } = treeOf(size);
      const again = createHistoryTree(nodes, size);
      expect(again.root()).toEqual(headOf(1, size));
      again.append(leafOf(size + 1));
      again.append(leafOf(size + 2));
      expect(again.root()).toEqual(headOf(1, size + 2));
    }
  });

  test("keeps only complete subtrees, each once, and asks for few of them", () => {
    const put: string[] = [];
    let got = 0;
    const { put: keep, get } = createMemoryNodes();
    const tree = createHistoryTree({
      get: (level, index) => {
        got += 1;
        return get(level, index);
      },
      put: (level, index, hash) => {
        put.push(`${level}/${index}`);
        keep(level, index, hash);
      },
    });
    for (let tx = 1; tx <= 1000; tx += 1) tree.append(leafOf(tx));
    expect(got).toBe(0);
    expect(new Set(put).size).toBe(put.length);
    expect(put.length).toBe(1000 + 500 + 250 + 125 + 62 + 31 + 15 + 7 + 3 + 1);
    for (const proof of [
      () => tree.rootAt(997),
      () => tree.inclusion(3, 999),
      () => tree.consistency(511, 999),
      () => tree.lastInclusion(999),
    ]) {
      got = 0;
      proof();
      expect(got).toBeLessThanOrEqual(20);
    }
  });

  test("a place outside of the tree, and a node that is lost, are errors", () => {
    for (const ask of [() => big.inclusion(0, 5), () => big.inclusion(6, 5), () => big.inclusion(1, most + 1), () => big.consistency(6, 5)])
      expect(ask).toThrow(RangeError);
    for (const ask of [() => big.rootAt(most + 1), () => big.lastInclusion(0), () => createHistoryTree(createMemoryNodes(), 1)])
      expect(ask).toThrow(RangeError);
  });
});

describe("[G10] proofs of the history tree", () => {
  test("every leaf is proven in every tree, and nowhere else", () => {
    for (let size = 1; size <= 20; size += 1)
      for (let tx = 1; tx <= size; tx += 1) {
        const terms = big.inclusion(tx, size);
        for (let claimed = 1; claimed <= size; claimed += 1) {
          const root = rootOfInclusion(leafHash(leafOf(tx)), claimed - 1, size, terms);
          if (claimed === tx) expect(root).toEqual(big.rootAt(size));
          else expect(root).not.toEqual(big.rootAt(size));
        }
      }
  });

  test("the shorter way of a last leaf does not pass for that of another", () => {
    // With the number of terms unchecked, transaction 3 of 3 would pass for transaction 2.
    expect(rootOfInclusion(leafHash(leafOf(3)), 1, 3, big.inclusion(3, 3))).toBeUndefined();
  });

  test("every tree is proven to be the beginning of every larger one, by its own sizes and roots only", () => {
    for (let larger = 1; larger <= 20; larger += 1)
      for (let smaller = 1; smaller <= larger; smaller += 1) {
        const terms = big.consistency(smaller, larger);
        for (let claimed = 1; claimed <= larger; claimed += 1) {
          const accepted = isConsistent(terms, claimed, larger, big.rootAt(claimed), big.rootAt(larger));
          // Without terms a tree is only proven to be itself.
          expect(accepted, `${smaller} of ${larger} as ${claimed}`).toBe(claimed === smaller);
        }
        expect(isConsistent(terms, smaller, larger, leafOf(1), big.rootAt(larger))).toBe(false);
        expect(isConsistent(terms, smaller, larger, big.rootAt(smaller), leafOf(1))).toBe(false);
      }
  });

  test("equal trees may also be shown by their subtrees, as servers do", () => {
    const peaksOfThree = [sha256(Uint8Array.of(0), leafOf(3)), headOf(1, 2)];
    expect(isConsistent(peaksOfThree, 3, 3, headOf(1, 3), headOf(1, 3))).toBe(true);
    expect(isConsistent(peaksOfThree.slice(0, 1), 3, 3, headOf(1, 3), headOf(1, 3))).toBe(false);
    expect(isConsistent([...peaksOfThree, headOf(1, 2)], 3, 3, headOf(1, 3), headOf(1, 3))).toBe(false);
  });

  test("a changed byte anywhere is refused", () => {
    fc.assert(
      fc.property(pair, change, fc.boolean(), ([smaller, larger], how, inclusion) => {
        const terms = inclusion ? big.inclusion(smaller, larger) : big.consistency(smaller, larger);
        fc.pre(terms.length > 0);
        const { value } = changed(terms, how);
        if (inclusion) expect(rootOfInclusion(leafHash(leafOf(smaller)), smaller - 1, larger, value)).not.toEqual(big.rootAt(larger));
        else expect(isConsistent(value, smaller, larger, big.rootAt(smaller), big.rootAt(larger))).toBe(false);
      }),
      { numRuns: 500 },
    );
  });

  test("a term too few or too many is refused, and so are places that cannot be", () => {
    fc.assert(
      fc.property(pair, ([smaller, larger]) => {
        const inclusion = big.inclusion(smaller, larger);
        const leaf = leafHash(leafOf(smaller));
        expect(rootOfInclusion(leaf, smaller - 1, larger, [...inclusion, leaf])).toBeUndefined();
        if (inclusion.length > 0) expect(rootOfInclusion(leaf, smaller - 1, larger, inclusion.slice(1))).toBeUndefined();
        const consistency = big.consistency(smaller, larger);
        if (consistency.length > 0) {
          expect(isConsistent([...consistency, leaf], smaller, larger, big.rootAt(smaller), big.rootAt(larger))).toBe(false);
          expect(isConsistent(consistency.slice(0, -1), smaller, larger, big.rootAt(smaller), big.rootAt(larger))).toBe(false);
        }
      }),
    );
    expect(rootOfInclusion(leafOf(1), -1, 3, [])).toBeUndefined();
    expect(rootOfInclusion(leafOf(1), 0.5, 3, [])).toBeUndefined();
    expect(isConsistent([], 0, 0, leafOf(1), leafOf(1))).toBe(false);
    expect(isConsistent([], 4, 3, leafOf(1), leafOf(1))).toBe(false);
  });
});
