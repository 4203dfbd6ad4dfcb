import type { TxHeader } from "./transaction.ts";

/** Steps of the chain of accumulated hashes, from one transaction to a later one. */
export type LinearProof = { readonly sourceTx: number; readonly targetTx: number; readonly terms: readonly Uint8Array[] };

/** Ties the transactions between two history trees to the newer tree, so that no other chain can stand for them. */
export type LinearAdvanceProof = {
  readonly terms: readonly Uint8Array[];
  readonly inclusions: readonly (readonly Uint8Array[])[];
};

/** That the history up to a source transaction is a prefix of the history up to a target transaction. */
export type DualProof = {
  readonly source: TxHeader;
  readonly target: TxHeader;
  readonly inclusion: readonly Uint8Array[];
  readonly consistency: readonly Uint8Array[];
  /** Accumulated hash of the newest transaction in the target's history tree. */
  readonly targetTreeAlh: Uint8Array;
  readonly lastInclusion: readonly Uint8Array[];
  readonly linear: LinearProof;
  readonly linearAdvance?: LinearAdvanceProof;
};
