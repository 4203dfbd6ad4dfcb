import type { DualProof, LinearAdvanceProof, LinearProof } from "./dual-proof.ts";
import { alhOf, innerHash } from "./header.ts";
import type { HistoryTree } from "./history-tree.ts";
import { noRoot } from "./sha256.ts";
import type { TxHeader } from "./transaction.ts";

/** What proofs are made from. `header` throws for a transaction that is not there. */
export type ProvableChain = {
  readonly header: (tx: number) => TxHeader;
  readonly tree: Pick<HistoryTree, "inclusion" | "consistency" | "lastInclusion">;
};

/** The dual proof from a transaction to the same or a later one. Throws `RangeError` where the tree does not reach, and what `header` throws. */
export function proveHistory(chain: ProvableChain, sourceTx: number, targetTx: number): DualProof {
  if (sourceTx > targetTx) throw new RangeError(`transaction ${sourceTx} is not before ${targetTx}`);
  const { header, tree } = chain;
  const source = header(sourceTx);
  const target = header(targetTx);
  const size = target.treeSize;
  const advance = linearAdvance(chain, source.treeSize, Math.min(sourceTx, size), size);
  return {
    source,
    target,
    inclusion: sourceTx < size ? tree.inclusion(sourceTx, size) : [],
    consistency: source.treeSize > 0 ? tree.consistency(source.treeSize, size) : [],
    targetTreeAlh: size > 0 ? alhOf(header(size)) : noRoot,
    lastInclusion: size > 0 ? tree.lastInclusion(size) : [],
    linear: linear(chain, Math.max(sourceTx, size), targetTx),
    ...(advance && { linearAdvance: advance }),
  };
}

const linear = ({ header }: ProvableChain, sourceTx: number, targetTx: number): LinearProof => ({
  sourceTx,
  targetTx,
  terms: [alhOf(header(sourceTx)), ...from(sourceTx + 1, targetTx, (tx) => innerHash(header(tx)))],
});

/** Only chains whose headers lag behind with their history trees have transactions that it is needed for. */
function linearAdvance({ header, tree }: ProvableChain, start: number, end: number, size: number): LinearAdvanceProof | undefined {
  if (end <= start + 1) return undefined;
  return {
    terms: [alhOf(header(start + 1)), ...from(start + 2, end, (tx) => innerHash(header(tx)))],
    inclusions: from(start + 1, end - 1, (tx) => tree.inclusion(tx, size)),
  };
}

const from = <T>(first: number, last: number, make: (tx: number) => T): T[] =>
  Array.from({ length: Math.max(0, last - first + 1) }, (_, index) => make(first + index));
