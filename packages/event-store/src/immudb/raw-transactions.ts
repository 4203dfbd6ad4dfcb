import type { DigestedEntry, RawEntry, RawTransaction, TxHeader } from "@aethyr/proof";
import { cursorOf, type Cursor } from "./raw-cursor.ts";
import { encodeMessage } from "./wire.ts";

// Transactions as hashes see them: with prefix bytes and metadata, and nothing made out of them. Field numbers of immudb's schema.

const rawValue = 2;

/** Up to `limit` whole transactions from an id on, whatever their entries are, without waiting for the index. */
export const encodeRawTxScan = (from: number, limit: number): Buffer =>
  encodeMessage((out) => {
    out.number(1, from);
    out.number(2, limit);
    out.message(4, (spec) => {
      // Entries of keys, of sorted sets, and of tables.
      for (const kind of [1, 2, 3]) spec.message(kind, (action) => action.number(1, rawValue));
    });
    out.number(5, 1);
  });

/** Views of the message. A transaction may lack entries: the server leaves out what has expired. */
export function decodeRawTransactions(message: Uint8Array): RawTransaction[] {
  const cursor = cursorOf(message);
  const found: RawTransaction[] = [];
  for (let field = cursor.field(); field > 0; field = cursor.field()) if (field === 1) found.push(cursor.message(readTransaction));
  return found;
}

function readTransaction(cursor: Cursor): RawTransaction {
  let header = noHeader;
  const entries: RawEntry[] = [];
  for (let field = cursor.field(); field > 0; field = cursor.field()) {
    if (field === 1) header = cursor.message(readHeader);
    else if (field === 2) entries.push(cursor.message(readRawEntry));
  }
  return { header, entries };
}

function readRawEntry(cursor: Cursor): RawEntry {
  let [key, value, metadata] = [none, none, none];
  for (let field = cursor.field(); field > 0; field = cursor.field()) {
    if (field === 1) key = cursor.bytes();
    else if (field === 4) metadata = cursor.message(readEntryMetadata);
    else if (field === 5) value = cursor.bytes();
  }
  return { key, value, metadata };
}

function readDigestedEntry(cursor: Cursor): DigestedEntry {
  let [key, hValue, metadata] = [none, none, none];
  for (let field = cursor.field(); field > 0; field = cursor.field()) {
    if (field === 1) key = cursor.bytes();
    else if (field === 2) hValue = cursor.bytes();
    else if (field === 4) metadata = cursor.message(readEntryMetadata);
  }
  return { key, metadata, hValue };
}

/** A transaction with its entries by their digests. */
export type DigestedTx = { readonly header: TxHeader; readonly entries: readonly DigestedEntry[] };

export function readDigestedTx(cursor: Cursor): DigestedTx {
  let header = noHeader;
  const entries: DigestedEntry[] = [];
  for (let field = cursor.field(); field > 0; field = cursor.field()) {
    if (field === 1) header = cursor.message(readHeader);
    else if (field === 2) entries.push(cursor.message(readDigestedEntry));
  }
  return { header, entries };
}

export function readHeader(cursor: Cursor): TxHeader {
  let [id, time, version, entries, treeSize] = [0, 0, 0, 0, 0];
  let [previous, entriesRoot, treeRoot, metadata] = [none, none, none, none];
  for (let field = cursor.field(); field > 0; field = cursor.field()) {
    if (field === 1) id = cursor.number();
    else if (field === 2) previous = cursor.bytes();
    else if (field === 3) time = safe(cursor.bigint());
    else if (field === 4) entries = cursor.number();
    else if (field === 5) entriesRoot = cursor.bytes();
    else if (field === 6) treeSize = cursor.number();
    else if (field === 7) treeRoot = cursor.bytes();
    else if (field === 8) version = cursor.number();
    else if (field === 9) metadata = cursor.message(readTxMetadata);
  }
  if (version !== 0 && version !== 1) throw new RangeError(`transaction ${id} has a header of version ${version}`);
  return { id, previous, time, version, metadata, entries, entriesRoot, treeSize, treeRoot };
}

/** What hashes are over: the attributes that are there, in this order. */
function readEntryMetadata(cursor: Cursor): Uint8Array {
  let [deleted, nonIndexable] = [false, false];
  let expiresAt: bigint | undefined;
  for (let field = cursor.field(); field > 0; field = cursor.field()) {
    if (field === 1) deleted = cursor.number() === 1;
    else if (field === 2) expiresAt = cursor.message(readExpiration);
    else if (field === 3) nonIndexable = cursor.number() === 1;
  }
  if (!deleted && !nonIndexable && expiresAt === undefined) return none;
  const bytes = Buffer.alloc(11);
  let at = 0;
  if (deleted) bytes[at++] = attribute.deleted;
  if (expiresAt !== undefined) {
    bytes[at++] = attribute.expiresAt;
    at = bytes.writeBigInt64BE(expiresAt, at);
  }
  if (nonIndexable) bytes[at++] = attribute.nonIndexable;
  return bytes.subarray(0, at);
}

const attribute = { deleted: 0, expiresAt: 1, nonIndexable: 2 } as const;

function readExpiration(cursor: Cursor): bigint {
  let expiresAt = 0n;
  for (let field = cursor.field(); field > 0; field = cursor.field()) if (field === 1) expiresAt = cursor.bigint();
  return expiresAt;
}

const txAttribute = { truncated: 0, extra: 1 } as const;

function readTxMetadata(cursor: Cursor): Uint8Array {
  let truncated = 0;
  let extra = none;
  for (let field = cursor.field(); field > 0; field = cursor.field()) {
    if (field === 1) truncated = cursor.number();
    else if (field === 2) extra = cursor.bytes();
  }
  if (truncated === 0 && extra.length === 0) return none;
  const bytes = Buffer.alloc((truncated > 0 ? 9 : 0) + (extra.length > 0 ? 3 + extra.length : 0));
  let at = 0;
  if (truncated > 0) {
    bytes[at++] = txAttribute.truncated;
    at = bytes.writeBigUInt64BE(BigInt(truncated), at);
  }
  if (extra.length > 0) {
    bytes[at++] = txAttribute.extra;
    at = bytes.writeUInt16BE(extra.length, at);
    bytes.set(extra, at);
  }
  return bytes;
}

/** Seconds since 1970 fit for some 285 million years; what does not is no time of a transaction of ours. */
function safe(value: bigint): number {
  const number = Number(value);
  if (!Number.isSafeInteger(number)) throw new RangeError("a message of the server has a number that is too large");
  return number;
}

export const none: Uint8Array = new Uint8Array(0);
export const noHeader: TxHeader = {
  id: 0,
  previous: none,
  time: 0,
  version: 0,
  metadata: none,
  entries: 0,
  entriesRoot: none,
  treeSize: 0,
  treeRoot: none,
};
