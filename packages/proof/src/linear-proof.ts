import { sameBytes } from "./bytes.ts";
import type { LinearAdvanceProof, LinearProof } from "./dual-proof.ts";
import { nextAlh } from "./header.ts";
import { leafHash } from "./merkle.ts";
import { rootOfInclusion } from "./merkle-proof.ts";
import { hashBytes } from "./sha256.ts";
import { holds, refuse, type Verdict } from "./verdict.ts";

/** A transaction and the accumulated hash there: it stands for the transaction and everything before it. */
export type ChainPoint = { readonly tx: number; readonly hash: Uint8Array };

/** That the chain leads from one point to a later one. Its first term is the hash at the source, each further one the inner hash of a step. */
export function verifyLinearProof({ sourceTx, targetTx, terms }: LinearProof, source: ChainPoint, target: ChainPoint): Verdict {
  if (sourceTx !== source.tx || targetTx !== target.tx)
    return refuse("linear", `the linear proof is about ${sourceTx}–${targetTx}, not about ${source.tx}–${target.tx}`);
  if (source.tx < 1 || terms.length !== target.tx - source.tx + 1)
    return refuse("linear", `the linear proof from ${source.tx} to ${target.tx} has ${terms.length} terms`);
  const [first, ...steps] = terms;
  if (first === undefined || first.length !== hashBytes || !sameBytes(first, source.hash))
    return refuse("linear", `the linear proof does not begin at ${source.tx}`);
  const end = walk(source.tx, first, steps);
  if (end === undefined || !sameBytes(end, target.hash))
    return refuse("linear", `the linear proof does not lead to transaction ${target.tx}`);
  return holds;
}

function walk(from: number, start: Uint8Array, steps: readonly Uint8Array[]): Uint8Array | undefined {
  let alh = start;
  for (const [index, step] of steps.entries()) {
    if (step.length !== hashBytes) return undefined;
    alh = nextAlh(from + index + 1, alh, step);
  }
  return alh;
}

/** The history tree of a header. */
export type TreePoint = { readonly size: number; readonly root: Uint8Array };

/**
 * That the transactions after `start` up to `end`, which an older history tree did not hold and a linear proof may have stood for, are those of
 * the newer `tree`. Without it a linear proof could have led through other transactions than the tree now shows. Not needed, and not
 * allowed, where there are none in between.
 */
export function verifyLinearAdvance(proof: LinearAdvanceProof | undefined, start: number, end: ChainPoint, tree: TreePoint): Verdict {
  const steps = end.tx - start;
  if (steps <= 1) return proof === undefined ? holds : refuse("malformed", "there is a linear advance proof where none is needed");
  if (proof === undefined) return refuse("linear_advance", `nothing ties transactions ${start + 1}–${end.tx} to the newer history tree`);
  const { terms, inclusions } = proof;
  let alh = terms[0];
  if (alh === undefined || terms.length !== steps || inclusions.length !== steps - 1 || terms.some(({ length }) => length !== hashBytes))
    return refuse("linear_advance", `the linear advance proof from ${start} to ${end.tx} does not have its parts`);
  for (const [index, inclusion] of inclusions.entries()) {
    const tx = start + 1 + index;
    const root = rootOfInclusion(leafHash(alh), tx - 1, tree.size, inclusion);
    if (root === undefined || !sameBytes(root, tree.root))
      return refuse("linear_advance", `transaction ${tx} of the older chain is not in the newer history tree`);
    const step = terms[index + 1];
    if (step !== undefined) alh = nextAlh(tx + 1, alh, step);
  }
  if (!sameBytes(alh, end.hash)) return refuse("linear_advance", `the linear advance proof does not lead to transaction ${end.tx}`);
  return holds;
}
