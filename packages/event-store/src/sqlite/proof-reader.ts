import type { DatabaseSync } from "node:sqlite";
import {
  createHistoryTree,
  digested,
  genesisAlh,
  proveHistory,
  type DualProof,
  type LogState,
  type ProvableChain,
  type ProvenTransaction,
  type TxHeader,
} from "@aethyr/proof";
import { CorruptStoreError, InvalidRequestError } from "../errors.ts";
import { rawEntriesOf, type EntryTexts } from "./entries.ts";
import { createStoredNodes } from "./history-nodes.ts";
import { readLogId } from "./log-id.ts";
import { createLogRows, type TransactionRow } from "./log-rows.ts";

/** A transaction as it crosses to the main thread. */
export type TransactionTexts = { readonly header: TxHeader; readonly entries: EntryTexts };

/** What a `ProvableLog` asks, answered from the rows as they are: whoever asks recomputes every hash. */
export type ProofReader = {
  readonly proofState: () => LogState;
  /** Up to `limit` transactions, fewer where they are large; none only past the end. */
  readonly proofTransactions: (from: number, limit: number) => readonly TransactionTexts[];
  readonly proofOf: (tx: number, trustedTx: number) => ProvenTransaction;
  readonly proofBetween: (fromTx: number, toTx: number) => DualProof;
};

/** Entries of a page, so that it stays small; a single transaction may have more. */
const entriesPerPage = 4096;

export function createProofReader(database: DatabaseSync): ProofReader {
  const rows = createLogRows(database);
  const stored = createStoredNodes({ alhOf: (tx) => rows.transaction(tx)?.alh, subtreesOf: rows.subtreesOf });
  const nodes = { ...stored, put: (): void => undefined };

  /** The hash before a transaction as its predecessor has it. Without one there is no such hash; what stands for it fits nothing. */
  const before = (tx: number, previous = rows.transaction(tx - 1)): Uint8Array =>
    tx === 1 ? genesisAlh : previous?.tx === tx - 1 ? previous.alh : new Uint8Array(genesisAlh.length);

  function header(tx: number): TxHeader {
    const row = rows.transaction(tx);
    if (row === undefined) throw new CorruptStoreError(`transaction ${tx} is missing in the log`);
    return headerOf(row, before(tx));
  }

  /** The tree as it is now; it is only asked about transactions that were there before. */
  const chain = (): ProvableChain => ({ header, tree: createHistoryTree(nodes, rows.newest()?.tx) });

  const existing = (tx: number): number => {
    if (rows.transaction(tx) !== undefined) return tx;
    throw new InvalidRequestError(`the log has no transaction ${tx}`);
  };

  return {
    proofState: () => {
      const newest = rows.newest();
      return { database: readLogId(database), tx: newest?.tx ?? 0, hash: newest?.alh ?? genesisAlh };
    },
    proofTransactions: (from, limit) => {
      const page: TransactionTexts[] = [];
      let entries = 0;
      let previous = rows.transaction(from - 1);
      for (const row of rows.transactions(from, limit)) {
        const texts = rows.entriesOf(row.tx);
        page.push({ header: headerOf(row, before(row.tx, previous)), entries: texts });
        previous = row;
        entries += texts.keys.length;
        if (entries >= entriesPerPage) break;
      }
      return page;
    },
    proofOf: (tx, trustedTx) => {
      const [source, target] = tx <= trustedTx ? [tx, trustedTx] : [trustedTx, tx];
      const proof = proveHistory(chain(), existing(source), existing(target));
      const entries = rawEntriesOf(rows.entriesOf(tx)).map(digested);
      return { header: header(tx), entries, proof };
    },
    proofBetween: (fromTx, toTx) => proveHistory(chain(), existing(fromTx), existing(toTx)),
  };
}

const noBytes = new Uint8Array();

const headerOf = ({ tx, time, entries, entriesRoot, treeRoot }: TransactionRow, previous: Uint8Array): TxHeader => ({
  id: tx,
  previous,
  time,
  version: 1,
  metadata: noBytes,
  entries,
  entriesRoot,
  treeSize: tx - 1,
  treeRoot,
});
