import { textOf } from "./keys.ts";
import { encodeMessage, fieldsOf } from "./wire.ts";

// Field numbers of immudb's schema, see docs/decisions/0003. Only what the store needs.

/** What must hold for a `Set` to be made; `notModifiedAfterTx` also excludes keys that were deleted again. */
export type Precondition =
  | { readonly kind: "mustExist"; readonly key: Bytes }
  | { readonly kind: "mustNotExist"; readonly key: Bytes }
  | { readonly kind: "notModifiedAfterTx"; readonly key: Bytes; readonly tx: number };

/** Bytes to be sent; text stands for its UTF-8 form, and is cheaper than a buffer for each. */
export type Bytes = Uint8Array | string;
export const bytesOf = (bytes: Bytes): Uint8Array => (typeof bytes === "string" ? Buffer.from(bytes) : bytes);

export type NewEntry = { readonly key: Bytes; readonly value: Bytes };

type KeyValue = { readonly key: Uint8Array; readonly value: Uint8Array };

/** A current entry of a key. `revision` 1: written once. */
export type Entry = KeyValue & { readonly tx: number; readonly revision: number };

/** An entry as its transaction holds it, key and value without the server's prefix byte. `plain` is false for one with metadata or not of a key. */
export type TxEntry = KeyValue & { readonly plain: boolean };
/** `chain` tells this transaction, and with it all before it, from any other of the same id: the hash before it and the hash of its entries. */
export type Tx = { readonly id: number; readonly chain: string; readonly entries: readonly TxEntry[] };

export type ScanRequest = {
  readonly prefix: Uint8Array;
  readonly seek?: Uint8Array;
  readonly inclusiveSeek?: boolean;
  readonly end?: Uint8Array;
  readonly descending?: boolean;
  readonly limit: number;
  /** As in `encodeGetAll`; default 0. */
  readonly sinceTx?: number;
};

export type DatabaseSettings = {
  readonly maxKeyLen: number;
  readonly maxTxEntries: number;
  readonly syncFrequencyMs: number;
  readonly embeddedValues: boolean;
};

export const encodeEmpty = (): Buffer => Buffer.alloc(0);

export const encodeOpenSession = (username: string, password: string, database: string): Buffer =>
  encodeMessage((out) => {
    out.text(1, username);
    out.text(2, password);
    out.text(3, database);
  });

export function decodeSessionId(message: Uint8Array): string {
  for (const { field, bytes } of fieldsOf(message)) if (field === 1) return textOf(bytes);
  return "";
}

/** When the process of the server was started, in seconds since 1970; 0 from one that does not tell. */
export function decodeStartedAt(message: Uint8Array): number {
  for (const { field, number } of fieldsOf(message)) if (field === 2) return number;
  return 0;
}

export const encodeCreateDatabase = (name: string, settings: DatabaseSettings): Buffer =>
  encodeMessage((out) => {
    out.text(1, name);
    out.message(2, (fields) => {
      // Every setting is wrapped in a message of its own, so that zero and false can be told from absent.
      fields.message(9, (wrapped) => wrapped.number(1, settings.maxKeyLen));
      fields.message(11, (wrapped) => wrapped.number(1, settings.maxTxEntries));
      fields.message(23, (wrapped) => wrapped.number(1, settings.syncFrequencyMs));
      fields.message(30, (wrapped) => wrapped.flag(1, settings.embeddedValues));
    });
    out.flag(3, true);
  });

/** A `Set` that does not wait for the index; it is durable all the same. */
export const encodeSet = (entries: readonly NewEntry[], preconditions: readonly Precondition[]): Buffer =>
  encodeMessage((out) => {
    for (const { key, value } of entries) {
      out.message(1, (entry) => {
        entry.bytes(1, key);
        entry.bytes(2, value);
      });
    }
    out.flag(2, true);
    for (const precondition of preconditions) {
      out.message(3, (one) =>
        one.message(preconditionField[precondition.kind], (fields) => {
          fields.bytes(1, precondition.key);
          if (precondition.kind === "notModifiedAfterTx") fields.number(2, precondition.tx);
        }),
      );
    }
  });

const preconditionField = { mustExist: 1, mustNotExist: 2, notModifiedAfterTx: 3 } as const;

/** Id of the transaction that a `Set` made. */
export function decodeTxId(header: Uint8Array): number {
  for (const { field, number } of fieldsOf(header)) if (field === 1) return number;
  return 0;
}

export const encodeGet = (key: Uint8Array): Buffer => encodeMessage((out) => out.bytes(1, key));

/** `sinceTx` 0: as of now, for which the server may have to write its index out; 1: as of the last time that it did. */
export const encodeGetAll = (keys: readonly Uint8Array[], sinceTx = 0): Buffer =>
  encodeMessage((out) => {
    for (const key of keys) out.bytes(1, key);
    out.number(2, sinceTx);
  });

export const encodeScan = ({ prefix, seek, inclusiveSeek = false, end, descending = false, limit, sinceTx = 0 }: ScanRequest): Buffer =>
  encodeMessage((out) => {
    if (seek) out.bytes(1, seek);
    out.bytes(2, prefix);
    out.flag(3, descending);
    out.number(4, limit);
    out.number(5, sinceTx);
    if (end) out.bytes(7, end);
    out.flag(8, inclusiveSeek);
    out.flag(9, end !== undefined);
  });

/** The newest revision of a key, also where that is its deletion. */
export const encodeNewestRevision = (key: Uint8Array): Buffer =>
  encodeMessage((out) => {
    out.bytes(1, key);
    out.number(3, 1);
    out.flag(4, true);
  });

export function decodeEntry(message: Uint8Array): Entry {
  let [tx, revision] = [0, 0];
  let key = message.subarray(0, 0);
  let value = key;
  for (const { field, number, bytes } of fieldsOf(message)) {
    if (field === 1) tx = number;
    else if (field === 2) key = bytes;
    else if (field === 3) value = bytes;
    else if (field === 7) revision = number;
  }
  return { tx, key, value, revision };
}

export function decodeEntries(message: Uint8Array): readonly Entry[] {
  const entries: Entry[] = [];
  for (const { field, bytes } of fieldsOf(message)) if (field === 1) entries.push(decodeEntry(bytes));
  return entries;
}

export type TxScanRequest = { readonly from: number; readonly limit: number; readonly descending?: boolean; readonly values: boolean };

/** Transactions from an id on. `sinceTx` 1 reads the log without waiting for the index. */
export const encodeTxScan = ({ from, limit, descending = false, values }: TxScanRequest): Buffer =>
  encodeMessage((out) => {
    out.number(1, from);
    out.number(2, limit);
    out.flag(3, descending);
    out.message(4, (spec) => spec.message(1, (kv) => kv.number(1, values ? rawValue : onlyDigest)));
    out.number(5, 1);
  });

const onlyDigest = 1;
const rawValue = 2;

export function decodeTxs(message: Uint8Array): readonly Tx[] {
  const txs: Tx[] = [];
  for (const { field, bytes } of fieldsOf(message)) if (field === 1) txs.push(decodeTx(bytes));
  return txs;
}

/** What a `Set` answers with, too. */
export function decodeTxHeader(message: Uint8Array): Pick<Tx, "id" | "chain"> {
  let [id, chain] = [0, ""];
  for (const { field, number, bytes } of fieldsOf(message)) {
    if (field === 1) id = number;
    else if (field === 2 || field === 5) chain += Buffer.from(bytes).toString("hex");
  }
  return { id, chain };
}

function decodeTx(message: Uint8Array): Tx {
  let header: Pick<Tx, "id" | "chain"> = { id: 0, chain: "" };
  const entries: TxEntry[] = [];
  for (const { field, bytes } of fieldsOf(message)) {
    if (field === 1) header = decodeTxHeader(bytes);
    else if (field === 2) entries.push(decodeTxEntry(bytes));
  }
  return { ...header, entries };
}

function decodeTxEntry(message: Uint8Array): TxEntry {
  let key = message.subarray(0, 0);
  let value = key;
  let metadata = false;
  for (const { field, bytes } of fieldsOf(message)) {
    if (field === 1) key = bytes;
    else if (field === 4) metadata = bytes.length > 0;
    else if (field === 5) value = bytes;
  }
  const plain = key[0] === 0 && !metadata && (value.length === 0 || value[0] === 0);
  return { key: key.subarray(1), value: value.subarray(1), plain };
}

/** Id of the newest committed transaction of the database; 0 for none. */
export function decodeStateTxId(message: Uint8Array): number {
  for (const { field, number } of fieldsOf(message)) if (field === 2) return number;
  return 0;
}
