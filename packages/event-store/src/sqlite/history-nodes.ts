import { leafHash, type HistoryNodes } from "@aethyr/proof";

/** What of a log's rows the history tree is made of. */
export type NodeRows = {
  readonly alhOf: (tx: number) => Uint8Array | undefined;
  /** The subtrees that a transaction completed, from the smallest, 32 bytes each. */
  readonly subtreesOf: (tx: number) => Uint8Array | undefined;
};

const hashBytes = 32;

/**
 * Nodes of the history tree, read from the rows of the log: leaves are made of the accumulated hashes, every other node lies in the row of the
 * transaction that completed it.
 */
export function createStoredNodes({ alhOf, subtreesOf }: NodeRows): Pick<HistoryNodes, "get"> {
  return {
    get: (level, index) => {
      const tx = (index + 1) * 2 ** level;
      if (level === 0) {
        const alh = alhOf(tx);
        return alh && leafHash(alh);
      }
      const node = subtreesOf(tx)?.subarray((level - 1) * hashBytes, level * hashBytes);
      return node?.length === hashBytes ? node : undefined;
    },
  };
}
