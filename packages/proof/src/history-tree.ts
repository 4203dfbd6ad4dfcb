import { foldUp, half, leafHash, nodeHash, odd } from "./merkle.ts";
import { hashBytes, noRoot } from "./sha256.ts";

/**
 * Where a history tree keeps its nodes: only those of complete subtrees, which never change. Level 0 has the leaves (`leafHash` of the
 * accumulated hashes, index 0 for transaction 1), node `i` of a level is over nodes `2i` and `2i + 1` of the level below.
 */
export type HistoryNodes = {
  readonly get: (level: number, index: number) => Uint8Array | undefined;
  readonly put: (level: number, index: number, hash: Uint8Array) => void;
};

/** The tree over the accumulated hashes of transactions 1…size, which only grows. Sizes and places count from 1. All of it in O(log size). */
export type HistoryTree = {
  readonly size: () => number;
  /** Adds the accumulated hash of the next transaction. */
  readonly append: (alh: Uint8Array) => void;
  /** 32 zero bytes without leaves, as headers have it. */
  readonly root: () => Uint8Array;
  /** The root that the tree had at a size. */
  readonly rootAt: (size: number) => Uint8Array;
  /** That a transaction is in the tree of a size. */
  readonly inclusion: (tx: number, size: number) => readonly Uint8Array[];
  /** That the tree of the smaller size is a beginning of that of the larger; empty for equal sizes, and for a tree without leaves. */
  readonly consistency: (smaller: number, larger: number) => readonly Uint8Array[];
  /** That the newest transaction of the tree of a size is its last leaf. */
  readonly lastInclusion: (size: number) => readonly Uint8Array[];
};

/** A history tree on nodes that are kept elsewhere, from `size` on. Methods throw `RangeError` for what is not in the tree, or not in `nodes`. */
export function createHistoryTree(nodes: HistoryNodes, size = 0): HistoryTree {
  let leaves = 0;
  /** The complete subtrees that make up the tree: at most one of each level, undefined where there is none. */
  let peaks: (Uint8Array | undefined)[] = [];

  const kept = (level: number, index: number): Uint8Array => {
    const hash = nodes.get(level, index);
    if (hash?.length !== hashBytes) throw new RangeError(`the history tree has no node ${index} on level ${level}`);
    return hash;
  };

  /** A node of the tree of a size; one that is not complete there is put together of those that are. */
  function node(level: number, index: number, of: number): Uint8Array {
    const width = 2 ** level;
    if ((index + 1) * width <= of) return kept(level, index);
    const left = node(level - 1, 2 * index, of);
    return (2 * index + 1) * (width / 2) < of ? nodeHash(left, node(level - 1, 2 * index + 1, of)) : left;
  }

  const peaksOf = (of: number): (Uint8Array | undefined)[] => {
    const found: (Uint8Array | undefined)[] = [];
    let rest = of;
    for (let level = 0; rest > 0; level += 1, rest = half(rest)) found.push(odd(rest) ? kept(level, rest - 1) : undefined);
    return found;
  };

  const check = (smaller: number, larger: number, least: number): void => {
    if (smaller < least || smaller > larger || larger > leaves)
      throw new RangeError(`${smaller} of ${larger} is not in a tree of ${leaves}`);
  };

  function inclusion(tx: number, of: number): readonly Uint8Array[] {
    check(tx, of, 1);
    return siblings(0, tx - 1, of - 1, of);
  }

  /** The neighbours on the way from a node up to the root of the tree of a size; `last` is that level's last node. */
  function siblings(from: number, index: number, last: number, of: number): Uint8Array[] {
    const found: Uint8Array[] = [];
    let [level, at, end] = [from, index, last];
    for (; end > 0; level += 1, at = half(at), end = half(end)) {
      if (odd(at)) found.push(kept(level, at - 1));
      else if (at < end) found.push(node(level, at + 1, of));
    }
    return found;
  }

  const rootOf = (of: readonly (Uint8Array | undefined)[]): Uint8Array => foldUp(of) ?? noRoot;

  peaks = peaksOf(size);
  leaves = size;
  return {
    size: () => leaves,
    append: (alh) => {
      let hash = leafHash(alh);
      let index = leaves;
      nodes.put(0, index, hash);
      for (let level = 0; ; level += 1) {
        const left = peaks[level];
        if (left === undefined) {
          peaks[level] = hash;
          break;
        }
        hash = nodeHash(left, hash);
        peaks[level] = undefined;
        index = half(index);
        nodes.put(level + 1, index, hash);
      }
      leaves += 1;
    },
    root: () => rootOf(peaks),
    rootAt: (of) => {
      check(of, of, 0);
      return rootOf(peaksOf(of));
    },
    inclusion,
    consistency: (smaller, larger) => {
      check(smaller, larger, 0);
      if (smaller === larger || smaller === 0) return [];
      let [level, at, end] = [0, smaller - 1, larger - 1];
      for (; odd(at); level += 1, at = half(at)) end = half(end);
      return [kept(level, at), ...siblings(level, at, end, larger)];
    },
    lastInclusion: (of) => inclusion(of, of),
  };
}

/** Nodes in memory. */
export function createMemoryNodes(): HistoryNodes {
  const levels: Uint8Array[][] = [];
  return {
    get: (level, index) => levels[level]?.[index],
    put: (level, index, hash) => {
      (levels[level] ??= [])[index] = hash;
    },
  };
}
