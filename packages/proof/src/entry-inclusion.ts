import { sameBytes } from "./bytes.ts";
import { entryDigest } from "./entry.ts";
import { headerFault } from "./header.ts";
import { half, leafHash, nodeHash, odd } from "./merkle.ts";
import { rootOfInclusion } from "./merkle-proof.ts";
import { hashBytes } from "./sha256.ts";
import type { DigestedEntry, TxHeader } from "./transaction.ts";
import { holds, refuse, type Verdict } from "./verdict.ts";

/** Where an entry is in its transaction, and its neighbours on the way to the root. */
export type EntryInclusion = {
  /** From 0. */
  readonly leaf: number;
  /** Entries of the transaction. */
  readonly width: number;
  readonly terms: readonly Uint8Array[];
};

/** Makes proofs that entries are in their transaction. They throw `RangeError` where there is no such entry. */
export function entryProver(version: TxHeader["version"], entries: readonly DigestedEntry[]): (leaf: number) => EntryInclusion {
  const levels = [entries.map((entry) => leafHash(entryDigest(version, entry)))];
  for (let level = levels[0] ?? []; level.length > 1; levels.push(level)) level = levelAbove(level);
  return (leaf) => {
    if (!Number.isInteger(leaf) || leaf < 0 || leaf >= entries.length)
      throw new RangeError(`${leaf} is not one of ${entries.length} entries`);
    const terms: Uint8Array[] = [];
    let at = leaf;
    for (const level of levels) {
      const neighbour = level[odd(at) ? at - 1 : at + 1];
      if (neighbour !== undefined) terms.push(neighbour);
      at = half(at);
    }
    return { leaf, width: entries.length, terms };
  };
}

function levelAbove(level: readonly Uint8Array[]): Uint8Array[] {
  const above: Uint8Array[] = [];
  for (let at = 0; at < level.length; at += 2) {
    const [left, right] = level.slice(at, at + 2);
    if (left !== undefined) above.push(right === undefined ? left : nodeHash(left, right));
  }
  return above;
}

/** What an entry cannot be under a header version; undefined if it can. */
export function entryFault(version: TxHeader["version"], { key, metadata, hValue }: DigestedEntry): string | undefined {
  if (hValue.length !== hashBytes) return "the hash of its value is not 32 bytes long";
  if (key.length > 0xffff) return "its key is too long";
  if (metadata.length > (version === 0 ? 0 : 0xffff)) return "its metadata is too long";
  return undefined;
}

/** That an entry is in the transaction of a header. The header itself is to be proven by other means: see `verifyDualProof`. */
export function verifyEntryInclusion({ leaf, width, terms }: EntryInclusion, header: TxHeader, entry: DigestedEntry): Verdict {
  const fault = headerFault(header) ?? entryFault(header.version, entry);
  if (fault !== undefined) return refuse("malformed", `an entry of transaction ${header.id}, or its header, cannot be: ${fault}`);
  const place = `place ${leaf} of transaction ${header.id}`;
  if (width !== header.entries)
    return refuse("entry_inclusion", `${place} is said to be one of ${width}; it has ${header.entries} entries`);
  const root = rootOfInclusion(leafHash(entryDigest(header.version, entry)), leaf, width, terms);
  return root !== undefined && sameBytes(root, header.entriesRoot) ? holds : refuse("entry_inclusion", `the entry is not at ${place}`);
}
