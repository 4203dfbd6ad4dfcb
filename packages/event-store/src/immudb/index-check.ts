import { failureOf, isDamage, said } from "./error-map.ts";
import { genesisTx, textOf } from "./keys.ts";
import type { Tx } from "./messages.ts";
import type { SessionReads } from "./session-reads.ts";

/** What the index does not tell as the transactions do. */
export type IndexGap = { readonly tx: number; readonly key: string; readonly why: string };

const keysAtOnce = 500;
const txsAtOnce = 100;
/** A log of so few transactions is looked at as a whole. */
const smallLog = 512;
/** Of a larger one the newest, and some from anywhere before: what is lost is neighbours by key, and those are strewn over the log. */
const newestTxs = 64;
const anywhere = 32;
const txsFromThere = 4;
/** More keys than these are not looked for in a sample. */
const keysOfSample = 4_000;

/**
 * Looks whether keys of the log are found through its index, at most 4,000 of them: all of a small log. Damage of a share f of all keys is missed with
 * a probability of (1 − f) to the power of the keys looked for. Resolves to the first gap; rejects where the server cannot be asked.
 */
export async function sampleIndex(reads: SessionReads, random: () => number = Math.random): Promise<IndexGap | undefined> {
  const newest = await reads.newestTx();
  const before = newest <= smallLog ? 0 : newest - newestTxs;
  const starts = Array.from({ length: before === 0 ? 0 : anywhere }, () => genesisTx + Math.floor(random() * before));
  const pages = await Promise.all([
    ...starts.map((from) => transactions(reads, from, txsFromThere)),
    ...pagesOf(Math.max(before + 1, genesisTx), newest).map(({ from, limit }) => transactions(reads, from, limit)),
  ]);
  const keys = [...keysOf(pages.flat())];
  return gapOf(reads, keys.length <= keysOfSample ? keys : someOf(keys, keysOfSample, random));
}

function someOf<T>(all: T[], count: number, random: () => number): readonly T[] {
  // The first steps of a shuffle.
  for (let at = 0; at < count; at += 1) {
    const other = at + Math.floor(random() * (all.length - at));
    [all[at], all[other]] = [all[other] as T, all[at] as T];
  }
  return all.slice(0, count);
}

/** Looks for every key of every transaction up to one. As `sampleIndex`. */
export async function checkIndex(reads: SessionReads, upTo: number): Promise<IndexGap | undefined> {
  for (const { from, limit } of pagesOf(genesisTx, upTo)) {
    const gap = await gapOf(reads, [...keysOf(await transactions(reads, from, limit))]);
    if (gap) return gap;
  }
  return undefined;
}

function pagesOf(first: number, last: number): readonly { readonly from: number; readonly limit: number }[] {
  return Array.from({ length: Math.ceil(Math.max(0, last - first + 1) / txsAtOnce) }, (_, page) => {
    const from = first + page * txsAtOnce;
    return { from, limit: Math.min(txsAtOnce, last - from + 1) };
  });
}

/** Transactions that cannot be read are for the proofs to find: they are no matter of the index. */
async function transactions(reads: SessionReads, from: number, limit: number): Promise<readonly Tx[]> {
  try {
    return await reads.txScan({ from, limit, values: false });
  } catch (error) {
    if (isDamage(error)) return [];
    throw error;
  }
}

/** Where keys were written last; those that may be gone by now are left out. */
function keysOf(txs: readonly Tx[]): ReadonlyMap<string, Written[1]> {
  const written = new Map<string, Written[1]>();
  for (const { id, entries } of txs)
    for (const { key, plain } of entries) {
      if (plain) written.set(textOf(key), { tx: id, key });
      // Deleted, or to expire: whether it is to be found is not known.
      else written.delete(textOf(key));
    }
  return written;
}

async function gapOf(reads: SessionReads, all: readonly Written[]): Promise<IndexGap | undefined> {
  for (let at = 0; at < all.length; at += keysAtOnce) {
    const gap = await lookedUp(reads, all.slice(at, at + keysAtOnce));
    if (gap) return gap;
  }
  return undefined;
}

type Written = readonly [name: string, where: { readonly tx: number; readonly key: Uint8Array }];

async function lookedUp(reads: SessionReads, some: readonly Written[]): Promise<IndexGap | undefined> {
  const [first] = some;
  let found: ReadonlyMap<string, number>;
  try {
    const entries = await reads.getAll(some.map(([, { key }]) => key));
    found = new Map(entries.map(({ key, tx }) => [textOf(key), tx]));
  } catch (error) {
    if (!isDamage(error) || !first) throw error;
    return { tx: first[1].tx, key: first[0], why: `cannot be read by keys that begin there (${said(error)})` };
  }
  for (const [name, { tx, key }] of some) {
    if ((found.get(name) ?? 0) >= tx || (await isDeleted(reads, key))) continue;
    return { tx, key: name, why: found.has(name) ? "is found as it was before" : "is not found by its key" };
  }
  return undefined;
}

/** What somebody has deleted since is damage of another kind. */
async function isDeleted(reads: SessionReads, key: Uint8Array): Promise<boolean> {
  try {
    return (await reads.newestRevision(key)) !== undefined;
  } catch (error) {
    if (isDamage(error) || failureOf(error) === "missing") return false;
    throw error;
  }
}
