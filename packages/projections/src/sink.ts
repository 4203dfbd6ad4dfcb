import { DefinitionError } from "@aethyr/kernel";
import { valueFor, type Column, type Value } from "./columns.ts";
import type { Rows, TableRows } from "./rows.ts";
import { canBegin, type Table, type Tables } from "./table.ts";

/** A row or a part of one, by column. */
export type Row = Readonly<Record<string, Value>>;
/** Whole numbers to add, by column. */
export type Increments = Readonly<Record<string, number>>;

/** Where the changes of one table go: checked values, rows named by `id`, the text of their keys. */
export type TableSink = {
  put(id: string, row: Row): void;
  patch(id: string, key: Row, changes: Row): void;
  add(id: string, key: Row, by: Increments): void;
  tally(id: string, key: Row, by: Increments): void;
  remove(id: string, key: Row): void;
  patchWhere(match: Row, changes: Row): void;
  removeWhere(match: Row): void;
  get(id: string, key: Row): Promise<Row | undefined>;
};

/** The tables as handlers see them: everything is checked against its column before it goes into the sinks. */
export function rowsInto(tables: Tables, sinkOf: (name: string) => TableSink): Rows<Tables> {
  return Object.fromEntries(Object.entries(tables).map(([name, table]) => [name, tableRows(name, table, sinkOf(name))]));
}

function tableRows(name: string, table: Table, sink: TableSink): TableRows<Table> {
  const { columns, key } = table;
  const keys = new Set(key);
  const allNames = Object.keys(columns);
  const begins = canBegin(table);

  const column = (column: string): Column => {
    const found = Object.hasOwn(columns, column) ? columns[column] : undefined;
    if (found === undefined) throw new DefinitionError(`${name} has no column ${column}`, { table: name, column });
    return found;
  };
  const whole = (from: object, names: readonly string[]): Row => {
    const row: Record<string, Value> = {};
    for (const each of names) row[each] = valueFor(name, each, column(each), (from as Record<string, unknown>)[each]);
    for (const each in from) if (row[each] === undefined) column(each);
    return row;
  };
  const keyOf = (from: object): Row => {
    for (const each of Object.keys(from))
      if (!keys.has(each)) throw new DefinitionError(`${each} is not in the key of ${name}`, { table: name, column: each });
    return whole(from, key);
  };
  const some = (from: object, besidesKey: boolean): Row => {
    const row: Record<string, Value> = {};
    for (const [each, value] of Object.entries(from)) {
      if (besidesKey && keys.has(each))
        throw new DefinitionError(`${each} is in the key of ${name}: put another row instead`, { table: name, column: each });
      row[each] = valueFor(name, each, column(each), value);
    }
    return row;
  };
  const increments = (from: object): Increments => {
    for (const each of Object.keys(from)) {
      const { type, nullable } = column(each);
      if (nullable || (type !== "integer" && type !== "bigint"))
        throw new DefinitionError(`${name}.${each} is ${type}${nullable ? " or null" : ""}: only whole numbers are added to`, {
          table: name,
          column: each,
        });
    }
    return some(from, true) as Increments;
  };
  const matching = (from: object): Row => {
    const match = some(from, false);
    if (Object.keys(match).length === 0) throw new DefinitionError(`which rows of ${name}? name at least one value`, { table: name });
    return match;
  };

  return {
    put(row) {
      const put = whole(row, allNames);
      sink.put(idOf(table, put), put);
    },
    patch(key, changes) {
      const of = keyOf(key);
      sink.patch(idOf(table, of), of, some(changes, true));
    },
    add(key, by) {
      const of = keyOf(key);
      sink.add(idOf(table, of), of, increments(by));
    },
    tally(key, by) {
      if (!begins) throw new DefinitionError(`a row of ${name} cannot begin with its key alone: put it first, then add`, { table: name });
      const of = keyOf(key);
      sink.tally(idOf(table, of), of, increments(by));
    },
    remove(key) {
      const of = keyOf(key);
      sink.remove(idOf(table, of), of);
    },
    patchWhere(match, changes) {
      sink.patchWhere(matching(match), some(changes, true));
    },
    removeWhere(match) {
      sink.removeWhere(matching(match));
    },
    get(key) {
      const of = keyOf(key);
      return sink.get(idOf(table, of), of) as Promise<never>;
    },
  };
}

/** The key of a row as one text. */
function idOf({ key }: Table, row: Row): string {
  const [only] = key;
  return key.length === 1 && only !== undefined ? String(row[only]) : JSON.stringify(key.map((each) => row[each]));
}

export const matches = (row: Row, match: Row): boolean => {
  for (const each in match) if (row[each] !== match[each]) return false;
  return true;
};

/** The first row of a tally, before anything is added. */
export function beginning({ columns, key }: Table, keyRow: Row): Row {
  const row: Record<string, Value> = {};
  for (const [name, { nullable }] of Object.entries(columns)) row[name] = key.includes(name) ? (keyRow[name] ?? null) : nullable ? null : 0;
  return row;
}
