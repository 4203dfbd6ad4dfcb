import type { DigestedEntry, DualProof, LinearAdvanceProof, LinearProof, LogState, TxHeader } from "@aethyr/proof";
import { cursorOf, type Cursor } from "./raw-cursor.ts";
import { noHeader, none, readDigestedTx, readHeader, type DigestedTx } from "./raw-transactions.ts";
import { encodeMessage } from "./wire.ts";

// Proofs as the server gives them. Nothing is checked but that they can be read. Field numbers of immudb's schema.

/** One transaction by its id with all its entries as digests, and the proof between it and another. The server flushes no index for it. */
export const encodeVerifiableTx = (tx: number, provenAgainst: number): Buffer =>
  encodeMessage((out) => {
    out.number(1, tx);
    out.number(2, provenAgainst);
    out.flag(6, true);
  });

export type VerifiableTx = { readonly header: TxHeader; readonly entries: readonly DigestedEntry[]; readonly proof: DualProof };

export function decodeVerifiableTx(message: Uint8Array): VerifiableTx {
  const cursor = cursorOf(message);
  let tx: DigestedTx = { header: noHeader, entries: [] };
  let proof = noProof;
  for (let field = cursor.field(); field > 0; field = cursor.field()) {
    if (field === 1) tx = cursor.message(readDigestedTx);
    else if (field === 2) proof = cursor.message(readDualProof);
  }
  return { ...tx, proof };
}

function readDualProof(cursor: Cursor): DualProof {
  let [source, target, targetTreeAlh] = [noHeader, noHeader, none];
  const [inclusion, consistency, lastInclusion]: [Uint8Array[], Uint8Array[], Uint8Array[]] = [[], [], []];
  let linear = noLinearProof;
  let linearAdvance: LinearAdvanceProof | undefined;
  for (let field = cursor.field(); field > 0; field = cursor.field()) {
    if (field === 1) source = cursor.message(readHeader);
    else if (field === 2) target = cursor.message(readHeader);
    else if (field === 3) inclusion.push(cursor.bytes());
    else if (field === 4) consistency.push(cursor.bytes());
    else if (field === 5) targetTreeAlh = cursor.bytes();
    else if (field === 6) lastInclusion.push(cursor.bytes());
    else if (field === 7) linear = cursor.message(readLinearProof);
    else if (field === 8) linearAdvance = cursor.message(readLinearAdvanceProof);
  }
  const proof = { source, target, inclusion, consistency, targetTreeAlh, lastInclusion, linear };
  return linearAdvance ? { ...proof, linearAdvance } : proof;
}

function readLinearProof(cursor: Cursor): LinearProof {
  let [sourceTx, targetTx] = [0, 0];
  const terms: Uint8Array[] = [];
  for (let field = cursor.field(); field > 0; field = cursor.field()) {
    if (field === 1) sourceTx = cursor.number();
    else if (field === 2) targetTx = cursor.number();
    else if (field === 3) terms.push(cursor.bytes());
  }
  return { sourceTx, targetTx, terms };
}

function readLinearAdvanceProof(cursor: Cursor): LinearAdvanceProof {
  const terms: Uint8Array[] = [];
  const inclusions: (readonly Uint8Array[])[] = [];
  for (let field = cursor.field(); field > 0; field = cursor.field()) {
    if (field === 1) terms.push(cursor.bytes());
    else if (field === 2) inclusions.push(cursor.message(readInclusionTerms));
  }
  return { terms, inclusions };
}

/** Of an inclusion proof only the terms are used: which leaf it is of, and of how many, is what the verifier knows. */
function readInclusionTerms(cursor: Cursor): readonly Uint8Array[] {
  const terms: Uint8Array[] = [];
  for (let field = cursor.field(); field > 0; field = cursor.field()) if (field === 3) terms.push(cursor.bytes());
  return terms;
}

/** The newest state. A public key that comes with its signature is left where it is: whoever lies has one that fits. */
export function decodeState(message: Uint8Array): LogState {
  const cursor = cursorOf(message);
  let [database, tx] = ["", 0];
  let hash = none;
  let signature: Uint8Array | undefined;
  for (let field = cursor.field(); field > 0; field = cursor.field()) {
    if (field === 1) database = Buffer.from(cursor.bytes()).toString();
    else if (field === 2) tx = cursor.number();
    else if (field === 3) hash = cursor.bytes();
    else if (field === 4) signature = cursor.message(readSignature);
  }
  return signature ? { database, tx, hash, signature } : { database, tx, hash };
}

function readSignature(cursor: Cursor): Uint8Array {
  let signature = none;
  for (let field = cursor.field(); field > 0; field = cursor.field()) if (field === 2) signature = cursor.bytes();
  return signature;
}

const noLinearProof: LinearProof = { sourceTx: 0, targetTx: 0, terms: [] };
const noProof: DualProof = {
  source: noHeader,
  target: noHeader,
  inclusion: [],
  consistency: [],
  targetTreeAlh: none,
  lastInclusion: [],
  linear: noLinearProof,
};
