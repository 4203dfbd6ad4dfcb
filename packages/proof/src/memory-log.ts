import { digested } from "./entry.ts";
import { genesisTip, nextTransaction, type ChainTip } from "./header.ts";
import { createHistoryTree, createMemoryNodes } from "./history-tree.ts";
import { proveHistory, type ProvableChain } from "./prove.ts";
import type { LogState, ProvableLog } from "./provable-log.ts";
import type { RawEntry, RawTransaction } from "./transaction.ts";

/** A chain in memory, which keeps everything. */
export type MemoryLog = ProvableLog & {
  /** Adds a transaction, its time in Unix seconds. */
  readonly append: (entries: readonly RawEntry[], time: number) => LogState;
};

/** Makes the signature of a state. */
export type SignState = (state: LogState) => Uint8Array;

/** A new chain without transactions. It rejects with `RangeError` what it does not have. */
export function createMemoryLog(database = "memory", sign?: SignState): MemoryLog {
  const transactions: RawTransaction[] = [];
  const tree = createHistoryTree(createMemoryNodes());
  let tip: ChainTip = genesisTip;

  const transaction = (tx: number): RawTransaction => {
    const found = transactions[tx - 1];
    if (found === undefined) throw new RangeError(`there is no transaction ${tx}`);
    return found;
  };
  const chain: ProvableChain = { header: (tx) => transaction(tx).header, tree };

  const state = (): LogState => {
    const unsigned: LogState = { database, tx: tip.tx, hash: tip.hash };
    return sign === undefined ? unsigned : { ...unsigned, signature: sign(unsigned) };
  };

  return {
    append: (entries, time) => {
      const { header, alh } = nextTransaction(tip, entries, time);
      transactions.push({ header, entries });
      tree.append(alh);
      tip = { tx: header.id, hash: alh, treeRoot: tree.root() };
      return state();
    },
    state: async () => state(),
    transactions: async (from, limit) => {
      if (!(from >= 1 && limit >= 1 && limit <= 1000)) throw new RangeError("pages begin at transaction 1 and hold 1–1000");
      return transactions.slice(from - 1, from - 1 + limit);
    },
    prove: async (tx, trustedTx) => {
      const { header, entries } = transaction(tx);
      const [source, target] = tx <= trustedTx ? [tx, trustedTx] : [trustedTx, tx];
      return { header, entries: entries.map(digested), proof: proveHistory(chain, source, target) };
    },
    consistency: async (fromTx, toTx) => proveHistory(chain, fromTx, toTx),
  };
}
