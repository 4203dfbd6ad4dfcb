import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";

/** A row of the events table. */
export type EventRow = { readonly position: number; readonly stream: number; readonly version: number; readonly event: string };
export type CommandRow = { readonly id: string; readonly position: number; readonly outcome: string };
/** A row of the chain of hashes, all of its columns. */
export type ChainRow = Readonly<Record<(typeof chainColumns)[number], number | Uint8Array>>;
/** What one transaction wrote. */
export type LogTransaction = {
  readonly tx: number;
  readonly chain: ChainRow;
  readonly events: readonly EventRow[];
  readonly commands: readonly CommandRow[];
};
export type StreamRow = { readonly stream: number; readonly path: string };

export const logFile = (directory: string): string => join(directory, "events.sqlite");

export const chainColumns = ["tx", "time", "entries", "entries_root", "tree_root", "alh", "subtrees"] as const;

/** As the store numbers: a position is its transaction times this, and its place therein. */
const positionsPerTransaction = 1024;

/** The rows of a closed log, transaction by transaction, as they were written. */
export function readTransactions(directory: string): {
  readonly streams: readonly StreamRow[];
  readonly transactions: readonly LogTransaction[];
} {
  const database = new DatabaseSync(logFile(directory), { readOnly: true });
  try {
    const all = <T>(sql: string): T[] => database.prepare(sql).all() as T[];
    const streams = all<StreamRow>("SELECT stream, path FROM streams ORDER BY stream");
    const events = groupByTransaction(all<EventRow>("SELECT position, stream, version, event FROM events ORDER BY position"));
    const commands = groupByTransaction(all<CommandRow>("SELECT id, position, outcome FROM commands ORDER BY position"));
    // The first transaction is the store's own record of the log, which every log has.
    const chain = all<ChainRow & { readonly tx: number }>(`SELECT ${chainColumns.join(", ")} FROM transactions WHERE tx > 1 ORDER BY tx`);
    const transactions = chain.map((row) => ({
      tx: row.tx,
      chain: row,
      events: events.get(row.tx) ?? [],
      commands: commands.get(row.tx) ?? [],
    }));
    return { streams, transactions };
  } finally {
    database.close();
  }
}

function groupByTransaction<T extends { readonly position: number }>(rows: readonly T[]): ReadonlyMap<number, readonly T[]> {
  return Map.groupBy(rows, ({ position }) => Math.floor(position / positionsPerTransaction));
}
