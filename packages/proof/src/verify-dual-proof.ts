import { sameBytes } from "./bytes.ts";
import type { DualProof } from "./dual-proof.ts";
import { alhOf, headerFault } from "./header.ts";
import { verifyLinearAdvance, verifyLinearProof, type ChainPoint, type TreePoint } from "./linear-proof.ts";
import { leafHash } from "./merkle.ts";
import { isConsistent, rootOfInclusion } from "./merkle-proof.ts";
import { hashBytes } from "./sha256.ts";
import type { TxHeader } from "./transaction.ts";
import { allHold, holds, refuse, type Verdict } from "./verdict.ts";

/** That a transaction is in a history tree, at its own place. */
function verifyInclusion(terms: readonly Uint8Array[], { tx, hash }: ChainPoint, tree: TreePoint): Verdict {
  if (hash.length !== hashBytes) return refuse("malformed", `the hash of transaction ${tx} is not 32 bytes long`);
  const root = rootOfInclusion(leafHash(hash), tx - 1, tree.size, terms);
  return root !== undefined && sameBytes(root, tree.root)
    ? holds
    : refuse("inclusion", `transaction ${tx} is not proven to be in the history tree of ${tree.size}`);
}

/** That a transaction is the last one of a history tree. */
export function verifyLastInclusion(terms: readonly Uint8Array[], hash: Uint8Array, tree: TreePoint): Verdict {
  const verdict = verifyInclusion(terms, { tx: tree.size, hash }, tree);
  return verdict.ok ? holds : refuse("last_inclusion", `the last transaction of the history tree of ${tree.size} is not proven`);
}

/** That a history tree is the beginning of another one. */
function verifyConsistency(terms: readonly Uint8Array[], older: TreePoint, newer: TreePoint): Verdict {
  return isConsistent(terms, older.size, newer.size, older.root, newer.root)
    ? holds
    : refuse("consistency", `the history tree of ${older.size} is not proven to be the beginning of that of ${newer.size}`);
}

/**
 * That the history up to `source` is the beginning of the history up to `target`: whatever is proven to be at one of its places with the one as
 * target cannot be proven to be another with the other. One of the two is trusted, and the other one's hash must come
 * from a place that the maker of the proof does not control, or be what the caller wants to learn (see `verifyExtension`).
 */
export function verifyDualProof(proof: DualProof, source: ChainPoint, target: ChainPoint): Verdict {
  return allHold(
    () => verifyEnd(proof.source, source, "source_hash"),
    () => verifyEnd(proof.target, target, "target_hash"),
    () => verifyParts(proof, source, target),
  );
}

function verifyEnd(header: TxHeader, { tx, hash }: ChainPoint, rule: "source_hash" | "target_hash"): Verdict {
  const fault = headerFault(header);
  if (fault !== undefined) return refuse("malformed", `a header of the proof cannot be: ${fault}`);
  if (header.id !== tx) return refuse("elsewhere", `the proof is about transaction ${header.id}, not about ${tx}`);
  return sameBytes(alhOf(header), hash) ? holds : refuse(rule, `transaction ${tx} is not the one with this hash`);
}

function verifyParts(proof: DualProof, source: ChainPoint, target: ChainPoint): Verdict {
  if (source.tx > target.tx) return refuse("elsewhere", `transaction ${source.tx} cannot be before ${target.tx}`);
  const older: TreePoint = { size: proof.source.treeSize, root: proof.source.treeRoot };
  const newer: TreePoint = { size: proof.target.treeSize, root: proof.target.treeRoot };
  const sourceInTree = source.tx < newer.size;
  // Where the newer tree does not reach the source, the chain leads on from there; else from the end of the tree.
  const treeEnd: ChainPoint = { tx: newer.size, hash: proof.targetTreeAlh };
  return allHold(
    () => (sourceInTree ? verifyInclusion(proof.inclusion, source, newer) : verifyUnused(proof.inclusion)),
    () => (older.size > 0 ? verifyConsistency(proof.consistency, older, newer) : verifyUnused(proof.consistency)),
    () => verifyTreeEnd(proof, newer),
    () => verifyPinned(proof, older, newer, source),
    () => verifyLinearProof(proof.linear, sourceInTree ? treeEnd : source, target),
    () => verifyLinearAdvance(proof.linearAdvance, older.size, sourceInTree ? source : treeEnd, newer),
  );
}

/**
 * That the newer tree holds the source's history where it reaches no further than the source. Its chain alone does not tell: a server may link
 * every transaction rightly and put another one into its tree, from which it then proves that one.
 */
function verifyPinned({ targetTreeAlh }: DualProof, older: TreePoint, newer: TreePoint, source: ChainPoint): Verdict {
  if (newer.size === source.tx && !sameBytes(targetTreeAlh, source.hash))
    return refuse("last_inclusion", `the history tree of ${newer.size} ends with another transaction ${source.tx}`);
  // No proof has what would tie these to the chain that leads to the source. Only headers whose trees lag behind have any, and no log of ours has those.
  if (newer.size < source.tx && older.size < newer.size)
    return refuse(
      "linear_advance",
      `nothing ties transactions ${older.size + 1}–${newer.size} of the newer history tree to transaction ${source.tx}`,
    );
  return holds;
}

const verifyUnused = (terms: readonly Uint8Array[]): Verdict =>
  terms.length === 0 ? holds : refuse("malformed", "the proof has a part that proves nothing");

function verifyTreeEnd({ targetTreeAlh, lastInclusion }: DualProof, tree: TreePoint): Verdict {
  if (targetTreeAlh.length !== hashBytes) return refuse("malformed", "a hash of the proof is not 32 bytes long");
  if (tree.size > 0) return verifyLastInclusion(lastInclusion, targetTreeAlh, tree);
  return targetTreeAlh.every((byte) => byte === 0)
    ? verifyUnused(lastInclusion)
    : refuse("malformed", "there is the end of a tree without leaves");
}
