import { sameBytes } from "./bytes.ts";
import { entriesRoot, entriesRootOf, entryDigest, mayExpire } from "./entry.ts";
import { entryFault } from "./entry-inclusion.ts";
import { alhOf, headerFault } from "./header.ts";
import type { ChainPoint } from "./linear-proof.ts";
import type { ProvenTransaction } from "./provable-log.ts";
import { hashBytes } from "./sha256.ts";
import type { DigestedEntry, RawEntry, RawTransaction, TxHeader } from "./transaction.ts";
import { allHold, holds, refuse, type Verdict } from "./verdict.ts";
import { verifyDualProof } from "./verify-dual-proof.ts";

/** That the entries are those of the header: as many, the same, in this order. */
export function verifyEntries({ header, entries }: RawTransaction): Verdict {
  const fault = headerFault(header) ?? first(entries, (entry) => rawEntryFault(header.version, entry));
  if (fault !== undefined) return refuse("malformed", `transaction ${header.id} cannot be: ${fault}`);
  return compareEntries(header, entries.length, () => entriesRootOf(header.version, entries));
}

/** The same for entries without their values. */
export function verifyDigestedEntries(header: TxHeader, entries: readonly DigestedEntry[]): Verdict {
  const fault = headerFault(header) ?? first(entries, (entry) => entryFault(header.version, entry));
  if (fault !== undefined) return refuse("malformed", `transaction ${header.id} cannot be: ${fault}`);
  return compareEntries(header, entries.length, () => entriesRoot(entries.map((entry) => entryDigest(header.version, entry))));
}

function compareEntries(header: TxHeader, count: number, root: () => Uint8Array): Verdict {
  if (count !== header.entries)
    return refuse("entries", `transaction ${header.id} has ${count} entries; its header says ${header.entries}`);
  return sameBytes(root(), header.entriesRoot)
    ? holds
    : refuse("entries", `an entry of transaction ${header.id} is not the one that was written`);
}

/** That a transaction is, value for value, the one with an accumulated hash. */
export function verifyTransaction(transaction: RawTransaction, point: ChainPoint): Verdict {
  return allHold(
    () => verifyEntries(transaction),
    () => verifyHeader(transaction.header, point),
  );
}

function verifyHeader(header: TxHeader, { tx, hash }: ChainPoint): Verdict {
  if (header.id !== tx) return refuse("elsewhere", `this is transaction ${header.id}, not ${tx}`);
  return sameBytes(alhOf(header), hash) ? holds : refuse("transaction_hash", `transaction ${tx} is not the one with this hash`);
}

/** That a transaction is part of the history of a trusted point, or that this is part of the transaction's. */
export function verifyProvenTransaction({ header, entries, proof }: ProvenTransaction, tx: number, trusted: ChainPoint): Verdict {
  return allHold(
    () => verifyDigestedEntries(header, entries),
    () => (header.id === tx ? holds : refuse("elsewhere", `this is transaction ${header.id}, not ${tx}`)),
    () => {
      const own: ChainPoint = { tx, hash: alhOf(header) };
      return tx <= trusted.tx ? verifyDualProof(proof, own, trusted) : verifyDualProof(proof, trusted, own);
    },
  );
}

function rawEntryFault(version: TxHeader["version"], { key, value, metadata, hValue }: RawEntry): string | undefined {
  if (hValue !== undefined && (value.length > 0 || !mayExpire(metadata))) return "the value of an entry that does not expire is missing";
  return entryFault(version, { key, metadata, hValue: hValue ?? anyHash });
}

const anyHash = new Uint8Array(hashBytes);

function first<T>(items: readonly T[], faultOf: (item: T) => string | undefined): string | undefined {
  for (const item of items) {
    const fault = faultOf(item);
    if (fault !== undefined) return fault;
  }
  return undefined;
}
