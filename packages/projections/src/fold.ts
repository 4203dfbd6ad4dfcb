import { DefinitionError, type Domain, type RecordedEvent } from "@aethyr/kernel";
import { bind } from "./binding.ts";
import { valueFor, type Value } from "./columns.ts";
import type { Projection } from "./projection.ts";
import { beginning, matches, rowsInto, type Row, type TableSink } from "./sink.ts";
import type { Table } from "./table.ts";

/** The rows of each table, in no order that means anything. */
export type FoldedTables = Readonly<Record<string, readonly Row[]>>;

/**
 * The read model that a history has, made in memory: what the tables of the same projection must hold. Rejects with what a handler throws,
 * and with `DefinitionError` where one asks for SQL.
 */
export async function foldInMemory(projection: Projection, domain: Domain, events: Iterable<RecordedEvent>): Promise<FoldedTables> {
  const { read } = bind(projection, domain);
  const tables = new Map(Object.entries(projection.tables).map(([name, table]) => [name, memoryTable(name, table)]));
  const rows = rowsInto(projection.tables, (name) => tables.get(name)!.sink);
  const sql = () => {
    throw new DefinitionError(`${projection.name} asks for SQL, which is not there when a log is folded in memory`);
  };
  for (const event of events) {
    await projection.every?.(event, rows, sql);
    const found = read(event);
    if (found !== undefined) await found.handler({ ...event, data: found.data }, rows, sql);
  }
  return Object.fromEntries([...tables].map(([name, { held }]) => [name, [...held.values()]]));
}

/** A table that is a map: the plainest meaning of each change. */
function memoryTable(name: string, table: Table): { readonly held: ReadonlyMap<string, Row>; readonly sink: TableSink } {
  const held = new Map<string, Row>();
  const added = (row: Row, by: Row): Row => {
    const sums: Record<string, Value> = { ...row };
    for (const [column, amount] of Object.entries(by))
      sums[column] = valueFor(name, column, table.columns[column]!, Number(row[column]) + Number(amount));
    return sums;
  };
  const change = (id: string, to: (row: Row) => Row): void => {
    const row = held.get(id);
    if (row !== undefined) held.set(id, to(row));
  };
  return {
    held,
    sink: {
      put: (id, row) => void held.set(id, row),
      patch: (id, _, changes) => change(id, (row) => ({ ...row, ...changes })),
      add: (id, _, by) => change(id, (row) => added(row, by)),
      tally: (id, key, by) => void held.set(id, added(held.get(id) ?? beginning(table, key), by)),
      remove: (id) => void held.delete(id),
      patchWhere(match, changes) {
        for (const [id, row] of held) if (matches(row, match)) held.set(id, { ...row, ...changes });
      },
      removeWhere(match) {
        for (const [id, row] of held) if (matches(row, match)) held.delete(id);
      },
      get: async (id) => held.get(id),
    },
  };
}
