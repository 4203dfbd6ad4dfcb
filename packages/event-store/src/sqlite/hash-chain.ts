import type { DatabaseSync } from "node:sqlite";
import { createHistoryTree, genesisTip, nextTransaction, type ChainTip, type HistoryTree, type RawEntry } from "@aethyr/proof";
import { rawEntry, type AddEntry } from "./entries.ts";
import { createStoredNodes } from "./history-nodes.ts";

/** The writer's end of the chain of hashes. Between `add` and `sealed` or `forget` it is about one transaction. */
export type HashChain = {
  /** The id of the next transaction. */
  readonly nextTx: () => number;
  /** An entry of it. */
  readonly add: AddEntry;
  /** Writes its row, in the open transaction of the database. */
  readonly seal: () => void;
  /** The transaction of the database is committed. */
  readonly sealed: () => void;
  /** It is not, or somebody else wrote: everything is read from the database again. */
  readonly forget: () => void;
};

type Known = { readonly tip: ChainTip; readonly tree: HistoryTree };

export function createHashChain(database: DatabaseSync): HashChain {
  const sql = {
    newest: database.prepare("SELECT tx, alh FROM transactions ORDER BY tx DESC LIMIT 1"),
    alh: database.prepare("SELECT alh FROM transactions WHERE tx = ?"),
    subtrees: database.prepare("SELECT subtrees FROM transactions WHERE tx = ?"),
    insert: database.prepare(
      "INSERT INTO transactions (tx, time, entries, entries_root, tree_root, alh, subtrees) VALUES (?, ?, ?, ?, ?, ?, ?)",
    ),
  };
  const stored = createStoredNodes({
    alhOf: (tx) => sql.alh.get(tx)?.["alh"] as Uint8Array | undefined,
    subtreesOf: (tx) => sql.subtrees.get(tx)?.["subtrees"] as Uint8Array | undefined,
  });
  let entries: RawEntry[] = [];
  /** Subtrees that the transaction completes. */
  let completed: Uint8Array[] = [];
  let known: Known | undefined;
  let next: ChainTip | undefined;

  const nodes = {
    ...stored,
    put: (level: number, _index: number, hash: Uint8Array): void => {
      if (level > 0) completed.push(hash);
    },
  };

  function read(): Known {
    const newest = sql.newest.get() as { tx: number; alh: Uint8Array } | undefined;
    const tree = createHistoryTree(nodes, newest?.tx);
    return { tree, tip: newest === undefined ? genesisTip : { tx: newest.tx, hash: newest.alh, treeRoot: tree.root() } };
  }

  const now = (): Known => (known ??= read());

  return {
    nextTx: () => now().tip.tx + 1,
    add: (key, value) => {
      entries.push(rawEntry(key, value));
    },
    seal: () => {
      const { tip, tree } = now();
      const { header, alh } = nextTransaction(tip, entries, Math.floor(Date.now() / 1000));
      tree.append(alh);
      const { id, time, entriesRoot, treeRoot } = header;
      sql.insert.run(id, time, header.entries, entriesRoot, treeRoot, alh, Buffer.concat(completed));
      next = { tx: id, hash: alh, treeRoot: tree.root() };
    },
    sealed: () => {
      if (known !== undefined && next !== undefined) known = { tree: known.tree, tip: next };
      [entries, completed, next] = [[], [], undefined];
    },
    forget: () => {
      [entries, completed, next, known] = [[], [], undefined, undefined];
    },
  };
}
