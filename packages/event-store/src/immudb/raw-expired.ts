import { mayExpire, type DigestedEntry, type RawEntry, type RawTransaction } from "@aethyr/proof";
import { cursorOf } from "./raw-cursor.ts";
import { readDigestedTx } from "./raw-transactions.ts";
import { encodeMessage } from "./wire.ts";

// The server leaves an entry that has expired out of a transaction that it is asked for with values. Asked for digests, it gives all of them,
// and the digest is enough for the hash of the transaction.

/** One transaction with all its entries as digests. */
export const encodeTxById = (tx: number): Buffer =>
  encodeMessage((out) => {
    out.number(1, tx);
    out.flag(5, true);
  });

export const decodeDigests = (message: Uint8Array): readonly DigestedEntry[] => readDigestedTx(cursorOf(message)).entries;

export const isComplete = ({ header, entries }: RawTransaction): boolean => entries.length >= header.entries;

/** The transaction with what it lacks, where that can have expired. What else is missing stays missing, and is for the verifier to find. */
export function withExpired({ header, entries }: RawTransaction, digests: readonly DigestedEntry[]): RawTransaction {
  const given = new Map(entries.map((entry) => [textOfKey(entry.key), entry]));
  const all = digests.flatMap(({ key, metadata, hValue }): RawEntry[] => {
    const entry = given.get(textOfKey(key));
    if (entry) return [entry];
    return mayExpire(metadata) ? [{ key, metadata, hValue, value: new Uint8Array(0) }] : [];
  });
  // More was given than there is: nothing to put in order.
  return all.length < entries.length ? { header, entries } : { header, entries: all };
}

const textOfKey = (key: Uint8Array): string => Buffer.from(key.buffer, key.byteOffset, key.byteLength).toString("latin1");
