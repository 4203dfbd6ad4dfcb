import type { DatabaseSync } from "node:sqlite";
import { CorruptStoreError } from "../errors.ts";
import { genesisTx } from "../log-keys.ts";
import { positionOf, positionsPerTransaction } from "../position.ts";
import { addCommandEntry, addEventEntries, metaKeyText, type CommandOfLog, type EntryTexts, type EventOfLog } from "./entries.ts";

/** The row of a transaction as it is stored; nothing of it is believed. */
export type TransactionRow = {
  readonly tx: number;
  readonly time: number;
  readonly entries: number;
  readonly entriesRoot: Uint8Array;
  readonly treeRoot: Uint8Array;
  readonly alh: Uint8Array;
};

/** Rows of the chain, and the entries that the other rows stand for. */
export type LogRows = {
  /** The row of the newest transaction. */
  readonly newest: () => TransactionRow | undefined;
  readonly transaction: (tx: number) => TransactionRow | undefined;
  /** Up to so many rows from a transaction on. */
  readonly transactions: (from: number, limit: number) => readonly TransactionRow[];
  readonly entriesOf: (tx: number) => EntryTexts;
  /** The subtrees of the history tree that a transaction completed, from the smallest, 32 bytes each; undefined if it is not there. */
  readonly subtreesOf: (tx: number) => Uint8Array | undefined;
};

export function createLogRows(database: DatabaseSync): LogRows {
  const columns = "SELECT tx, time, entries, entries_root AS entriesRoot, tree_root AS treeRoot, alh FROM transactions";
  const sql = {
    newest: database.prepare(`${columns} ORDER BY tx DESC LIMIT 1`),
    transaction: database.prepare(`${columns} WHERE tx = ?`),
    transactions: database.prepare(`${columns} WHERE tx >= ? ORDER BY tx LIMIT ?`),
    subtrees: database.prepare("SELECT subtrees FROM transactions WHERE tx = ?"),
    meta: database.prepare("SELECT name, value FROM meta ORDER BY name"),
    // Left: an event whose stream is not listed is damage to be found, not to be left out.
    events: database.prepare(
      "SELECT position, coalesce(path, '') AS path, version, event, coalesce(ended, 0) AS ended FROM events LEFT JOIN streams USING (stream) WHERE position BETWEEN ? AND ? ORDER BY position",
    ),
    commands: database.prepare("SELECT position, id, outcome FROM commands WHERE position BETWEEN ? AND ? ORDER BY position"),
  };

  return {
    newest: () => {
      const row = sql.newest.get();
      return row && transactionRow(row);
    },
    transaction: (tx) => {
      const row = sql.transaction.get(tx);
      return row && transactionRow(row);
    },
    transactions: (from, limit) => sql.transactions.all(from, limit).map(transactionRow),
    entriesOf: (tx) => {
      const keys: string[] = [];
      const values: string[] = [];
      const add = (key: string, value: string): void => {
        keys.push(key);
        values.push(value);
      };
      if (tx === genesisTx) for (const row of sql.meta.iterate()) add(metaKeyText(String(row["name"])), String(row["value"]));
      const range = [positionOf(tx, 0), positionOf(tx, positionsPerTransaction - 1)] as const;
      const commands = sql.commands.all(...range).map(checked<CommandOfLog>({ position: "number", id: "string", outcome: "string" }));
      let next = 0;
      // An outcome of a position that no event has still is an entry: the hashes will not agree.
      const addCommandsUpTo = (position: number): void => {
        for (let command = commands[next]; command !== undefined && command.position <= position; command = commands[next]) {
          addCommandEntry(command, add);
          next += 1;
        }
      };
      for (const row of sql.events.all(...range)) {
        const event = eventRow(row);
        addCommandsUpTo(event.position - 1);
        addEventEntries(event, add);
        addCommandsUpTo(event.position);
      }
      addCommandsUpTo(range[1]);
      return { keys, values };
    },
    subtreesOf: (tx) => {
      const subtrees = sql.subtrees.get(tx)?.["subtrees"];
      return subtrees instanceof Uint8Array ? subtrees : undefined;
    },
  };
}

const eventRow = checked<EventOfLog & { readonly position: number }>({
  position: "number",
  path: "string",
  version: "number",
  event: "string",
  ended: "number",
});

const transactionRow = checked<TransactionRow>({
  tx: "number",
  time: "number",
  entries: "number",
  entriesRoot: "bytes",
  treeRoot: "bytes",
  alh: "bytes",
});

type Kind = "number" | "string" | "bytes";

/** A row whose columns have the types that their tables give them; where the file was changed they may have others. */
function checked<T extends object>(kinds: Readonly<Record<keyof T & string, Kind>>): (row: Record<string, unknown>) => T {
  const columns = Object.entries<Kind>(kinds);
  return (row) => {
    for (const [name, kind] of columns) {
      const value = row[name];
      if (kind === "bytes" ? value instanceof Uint8Array : typeof value === kind) continue;
      const { tx, position } = row;
      const where = typeof tx === "number" ? `transaction ${tx}` : `position ${Number(position)}`;
      throw new CorruptStoreError(`${name} at ${where} is not of its type: the file was changed or damaged; restore it from a backup`);
    }
    return row as T;
  };
}
