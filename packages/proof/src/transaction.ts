/**
 * One entry of a transaction, as the log stores it: raw key and raw value, both with the engine's prefix byte (`00` before a key, `00` before a
 * plain value). `metadata` is the encoded key-value metadata, empty for every entry of ours.
 */
export type RawEntry = {
  readonly key: Uint8Array;
  readonly value: Uint8Array;
  readonly metadata: Uint8Array;
  /** SHA-256 of the value, only where the engine does not give the value any more because the entry has expired; `value` is then empty. */
  readonly hValue?: Uint8Array;
};

/** What a proof needs of an entry: the value only by its SHA-256. */
export type DigestedEntry = { readonly key: Uint8Array; readonly metadata: Uint8Array; readonly hValue: Uint8Array };

/** The header of a transaction. All hashes are SHA-256, 32 bytes. Source: ImmuDB's transaction header, versions 0 and 1. */
export type TxHeader = {
  /** From 1, without gaps. */
  readonly id: number;
  /** Accumulated hash of the transaction before; SHA-256 of nothing for the first. */
  readonly previous: Uint8Array;
  /** Unix seconds. */
  readonly time: number;
  readonly version: 0 | 1;
  /** Encoded transaction metadata; empty for every transaction of ours. */
  readonly metadata: Uint8Array;
  readonly entries: number;
  /** Root of the tree over the entries' digests. */
  readonly entriesRoot: Uint8Array;
  /** How many transactions the history tree held when this one was made: all before it. */
  readonly treeSize: number;
  /** Root of the history tree over those; 32 zero bytes for none. */
  readonly treeRoot: Uint8Array;
};

/** A transaction with everything that its hash is over. */
export type RawTransaction = { readonly header: TxHeader; readonly entries: readonly RawEntry[] };
