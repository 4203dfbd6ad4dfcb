import { digested, entriesRootOf, rawKey, rawValue } from "../entry.ts";
import { alhOf } from "../header.ts";
import { createHistoryTree, createMemoryNodes, type HistoryTree } from "../history-tree.ts";
import type { ChainPoint } from "../linear-proof.ts";
import type { ProvableChain } from "../prove.ts";
import { genesisAlh } from "../sha256.ts";
import type { DigestedEntry, RawEntry, TxHeader } from "../transaction.ts";

export const rawEntry = (key: string, value: string): RawEntry => ({
  key: rawKey(key),
  value: rawValue(value),
  metadata: new Uint8Array(),
});

/** A few entries for a transaction, different for each. */
export const entriesOf = (tx: number, count = (tx % 3) + 1): RawEntry[] =>
  Array.from({ length: count }, (_, index) => rawEntry(`k/${tx}/${index}`, JSON.stringify({ tx, index })));

export type Chain = ProvableChain & {
  readonly tree: HistoryTree;
  readonly entries: (tx: number) => readonly RawEntry[];
  readonly digests: (tx: number) => readonly DigestedEntry[];
  readonly point: (tx: number) => ChainPoint;
};

export type ChainOptions = {
  /** How many transactions the history tree held when transaction `id` was made: at most id - 1. Default: id - 1. */
  readonly treeSize?: (id: number) => number;
  readonly version?: (id: number) => 0 | 1;
  /** Changes what the history tree holds for a transaction: a forger's tree. */
  readonly leaf?: (id: number, alh: Uint8Array) => Uint8Array;
};

/** A chain whose history trees may lag behind, as those of old servers did, with long linear parts; what our own writers never make. */
export function chainOf(
  length: number,
  { treeSize = (id) => id - 1, version = () => 1, leaf = (_, alh) => alh }: ChainOptions = {},
): Chain {
  const tree = createHistoryTree(createMemoryNodes());
  const headers: TxHeader[] = [];
  let previous = genesisAlh;
  for (let id = 1; id <= length; id += 1) {
    const size = treeSize(id);
    const header: TxHeader = {
      id,
      previous,
      time: 1_700_000_000 + id,
      version: version(id),
      metadata: new Uint8Array(),
      entries: entriesOf(id).length,
      entriesRoot: entriesRootOf(version(id), entriesOf(id)),
      treeSize: size,
      treeRoot: tree.rootAt(size),
    };
    headers.push(header);
    previous = alhOf(header);
    tree.append(leaf(id, previous));
  }
  const header = (tx: number): TxHeader => {
    const found = headers[tx - 1];
    if (found === undefined) throw new RangeError(`there is no transaction ${tx}`);
    return found;
  };
  return {
    header,
    tree,
    entries: entriesOf,
    digests: (tx) => entriesOf(tx).map(digested),
    point: (tx) => ({ tx, hash: alhOf(header(tx)) }),
  };
}
