import { checkHash, genesisAlh, hashBytes, hashOf, noRoot } from "./sha256.ts";
import { entriesRootOf } from "./entry.ts";
import type { RawEntry, TxHeader } from "./transaction.ts";

/**
 * The hash of a header's own contents, without its id and the hash before it. Throws `RangeError` for a header that `headerFault` names a
 * fault of.
 */
export function innerHash(header: TxHeader): Uint8Array {
  const fault = headerFault(header);
  if (fault !== undefined) throw new RangeError(fault);
  return innerHashOf(header);
}

/** The accumulated hash at a transaction. Throws `RangeError` as `innerHash` does. */
export const alhOf = (header: TxHeader): Uint8Array => nextAlh(header.id, header.previous, innerHash(header));

const alhInput = Buffer.alloc(8 + 2 * hashBytes);

/** One step of the chain: H(u64 id ‖ accumulated hash before ‖ inner hash). */
export function nextAlh(id: number, previous: Uint8Array, inner: Uint8Array): Uint8Array {
  checkHash(previous);
  checkHash(inner);
  writeU64(alhInput, id, 0);
  alhInput.set(previous, 8);
  alhInput.set(inner, 8 + hashBytes);
  return hashOf(alhInput);
}

/**
 * What a header cannot be; undefined if it can. The parts of a header are hashed one after another without their lengths, so that a header
 * of other lengths could stand for this one.
 */
export function headerFault(header: TxHeader): string | undefined {
  const { id, previous, time, version, metadata, entries, entriesRoot, treeSize, treeRoot } = header;
  if (!Number.isSafeInteger(id) || id < 1) return "its id is not a whole number from 1";
  if (!Number.isSafeInteger(time)) return "its time is not a whole number";
  if (version !== 0 && version !== 1) return "its version is neither 0 nor 1";
  if (metadata.length > (version === 0 ? 0 : 0xffff)) return "its metadata is too long";
  if (!Number.isSafeInteger(entries) || entries < 0 || entries > (version === 0 ? 0xffff : 0xffffffff))
    return "it cannot have that many entries";
  if (!Number.isSafeInteger(treeSize) || treeSize < 0 || treeSize >= id) return "its history tree is not over transactions before it";
  for (const hash of [previous, entriesRoot, treeRoot]) if (hash.length !== hashBytes) return "one of its hashes is not 32 bytes long";
  return undefined;
}

function innerHashOf({ time, version, metadata, entries, entriesRoot, treeSize, treeRoot }: TxHeader): Uint8Array {
  const counts = version === 0 ? 2 : 2 + metadata.length + 4;
  const input = Buffer.allocUnsafe(8 + 2 + counts + hashBytes + 8 + hashBytes);
  let at = input.writeBigInt64BE(BigInt(time));
  at = input.writeUInt16BE(version, at);
  if (version === 0) at = input.writeUInt16BE(entries, at);
  else {
    at = input.writeUInt16BE(metadata.length, at);
    input.set(metadata, at);
    at = input.writeUInt32BE(entries, at + metadata.length);
  }
  input.set(entriesRoot, at);
  at = writeU64(input, treeSize, at + hashBytes);
  input.set(treeRoot, at);
  return hashOf(input);
}

function writeU64(out: Buffer, value: number, at: number): number {
  out.writeUInt32BE(Math.floor(value / 2 ** 32), at);
  return out.writeUInt32BE(value % 2 ** 32, at + 4);
}

/** Where a chain ends, and what the next transaction follows. */
export type ChainTip = {
  /** 0 before the first. */
  readonly tx: number;
  /** Accumulated hash at `tx`. */
  readonly hash: Uint8Array;
  /** Root of the history tree over the transactions 1…tx; 32 zero bytes for none. */
  readonly treeRoot: Uint8Array;
};

/** The tip of a chain without transactions. */
export const genesisTip: ChainTip = { tx: 0, hash: genesisAlh, treeRoot: noRoot };

const noBytes = new Uint8Array();

/**
 * What a writer adds to the chain: the header of the next transaction and the accumulated hash there. `time` is in Unix seconds. It does not
 * change the history tree: append `alh` to that once the transaction is to stay. Throws `RangeError` for a key over 65,535 bytes.
 */
export function nextTransaction(
  { tx, hash, treeRoot }: ChainTip,
  entries: readonly RawEntry[],
  time: number,
): { readonly header: TxHeader; readonly alh: Uint8Array } {
  const header: TxHeader = {
    id: tx + 1,
    previous: hash,
    time,
    version: 1,
    metadata: noBytes,
    entries: entries.length,
    entriesRoot: entriesRootOf(1, entries),
    treeSize: tx,
    treeRoot,
  };
  return { header, alh: alhOf(header) };
}
