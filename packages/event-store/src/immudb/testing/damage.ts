import { readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";

/** The files of a log that its hashes are over, or that say where they are; with the server's own names. */
export const logFiles = {
  /** Values and transactions, one after another. */
  transactions: "tx/00000000.tx",
  /** For each transaction its place in that file and its hash. */
  commits: "commit/00000000.txi",
  /** Leaves, nodes and sizes of the history tree. */
  leaves: "aht/data/00000000.dat",
  nodes: "aht/tree/00000000.sha",
  sizes: "aht/commit/00000000.di",
  /** The index by key. */
  index: "index_00/nodes/00000000.n",
} as const;
export type LogFile = keyof typeof logFiles;

export const pathOf = (dir: string, database: string, file: LogFile): string => join(dir, "data", database, logFiles[file]);

/** Every file begins with its settings: their length, then they. */
export const settingsLength = (file: Buffer): number => 4 + file.readUInt32BE(0);

/**
 * Where a transaction is in the file of transactions: two bytes with the length of its values, which nothing reads, then the values, then its
 * record.
 */
export type Extent = { readonly tx: number; readonly from: number; readonly values: number; readonly record: number; readonly to: number };

const commitLength = 8 + 4 + 32;

export async function extentsOf(dir: string, database: string): Promise<readonly Extent[]> {
  const commits = await readFile(pathOf(dir, database, "commits"));
  const begin = settingsLength(await readFile(pathOf(dir, database, "transactions")));
  const extents: Extent[] = [];
  let from = begin;
  for (let at = settingsLength(commits); at + commitLength <= commits.length; at += commitLength) {
    const record = begin + Number(commits.readBigUInt64BE(at));
    const to = record + commits.readUInt32BE(at + 8);
    extents.push({ tx: extents.length + 1, from, values: from + 2, record, to });
    from = to;
  }
  return extents;
}

/** Changes one bit of a file. */
export async function changeBit(path: string, at: number, bit: number): Promise<void> {
  const bytes = await readFile(path);
  bytes[at] = (bytes[at] ?? 0) ^ (1 << bit);
  await writeFile(path, bytes);
}
