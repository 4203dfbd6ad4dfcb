import type { DigestedEntry, DualProof, LogState, RawEntry, RawTransaction, TxHeader } from "@aethyr/proof";
import type { VerifiableTx } from "../proof-messages.ts";
import { encodeMessage, type Writer } from "../wire.ts";

// What a server answers, as bytes: the other half of the codec, for answers of our own making.

export const encodeTransactions = (txs: readonly RawTransaction[]): Buffer =>
  encodeMessage((out) => {
    for (const { header, entries } of txs)
      out.message(1, (tx) => {
        tx.message(1, (one) => writeHeader(one, header));
        for (const entry of entries) tx.message(2, (one) => writeRawEntry(one, entry));
      });
  });

export const encodeDigests = ({ header, entries }: { readonly header: TxHeader; readonly entries: readonly DigestedEntry[] }): Buffer =>
  encodeMessage((out) => writeDigestedTx(out, header, entries));

export const encodeVerifiable = ({ header, entries, proof }: VerifiableTx): Buffer =>
  encodeMessage((out) => {
    out.message(1, (tx) => writeDigestedTx(tx, header, entries));
    out.message(2, (one) => writeDualProof(one, proof));
  });

export const encodeState = ({ database, tx, hash, signature }: LogState, publicKey = Buffer.from("a key")): Buffer =>
  encodeMessage((out) => {
    out.text(1, database);
    out.number(2, tx);
    out.bytes(3, hash);
    if (signature)
      out.message(4, (one) => {
        one.bytes(1, publicKey);
        one.bytes(2, signature);
      });
  });

function writeDigestedTx(out: Writer, header: TxHeader, entries: readonly DigestedEntry[]): void {
  out.message(1, (one) => writeHeader(one, header));
  for (const { key, metadata, hValue } of entries)
    out.message(2, (one) => {
      one.bytes(1, key);
      one.bytes(2, hValue);
      writeEntryMetadata(one, metadata);
    });
}

function writeRawEntry(out: Writer, { key, value, metadata }: RawEntry): void {
  out.bytes(1, key);
  out.number(3, value.length);
  writeEntryMetadata(out, metadata);
  out.bytes(5, value);
}

function writeHeader(out: Writer, header: TxHeader): void {
  out.number(1, header.id);
  out.bytes(2, header.previous);
  out.number(3, header.time);
  out.number(4, header.entries);
  out.bytes(5, header.entriesRoot);
  out.number(6, header.treeSize);
  out.bytes(7, header.treeRoot);
  out.number(8, header.version);
  writeTxMetadata(out, Buffer.from(header.metadata));
}

function writeEntryMetadata(out: Writer, metadata: Uint8Array): void {
  if (metadata.length === 0) return;
  const bytes = Buffer.from(metadata);
  out.message(4, (fields) => {
    for (let at = 0; at < bytes.length; at += 1) {
      if (bytes[at] === 0) fields.flag(1, true);
      else if (bytes[at] === 2) fields.flag(3, true);
      else {
        const expiresAt = Number(bytes.readBigInt64BE(at + 1));
        fields.message(2, (one) => one.number(1, expiresAt));
        at += 8;
      }
    }
  });
}

function writeTxMetadata(out: Writer, bytes: Buffer): void {
  if (bytes.length === 0) return;
  const truncated = bytes[0] === 0 ? Number(bytes.readBigUInt64BE(1)) : 0;
  const extra = bytes.subarray(truncated > 0 ? 12 : 3);
  out.message(9, (fields) => {
    fields.number(1, truncated);
    if (extra.length > 0) fields.bytes(2, extra);
  });
}

function writeDualProof(out: Writer, proof: DualProof): void {
  const { source, target, inclusion, consistency, targetTreeAlh, lastInclusion, linear, linearAdvance } = proof;
  const list = (writer: Writer, field: number, terms: readonly Uint8Array[]): void => {
    for (const term of terms) writer.bytes(field, term);
  };
  out.message(1, (one) => writeHeader(one, source));
  out.message(2, (one) => writeHeader(one, target));
  list(out, 3, inclusion);
  list(out, 4, consistency);
  out.bytes(5, targetTreeAlh);
  list(out, 6, lastInclusion);
  out.message(7, (one) => {
    one.number(1, linear.sourceTx);
    one.number(2, linear.targetTx);
    list(one, 3, linear.terms);
  });
  if (linearAdvance)
    out.message(8, (one) => {
      list(one, 1, linearAdvance.terms);
      for (const [leaf, terms] of linearAdvance.inclusions.entries())
        one.message(2, (inclusionProof) => {
          inclusionProof.number(1, leaf);
          inclusionProof.number(2, 99);
          list(inclusionProof, 3, terms);
        });
    });
}
