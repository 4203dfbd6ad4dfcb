import { DefinitionError } from "@aethyr/kernel";
import { isNumeric, type Column } from "./columns.ts";

export type Columns = Readonly<Record<string, Column>>;

/** A table of a read model: the types of its rows and the SQL that makes it come from this one declaration. */
export type Table<C extends Columns = Columns, K extends keyof C & string = keyof C & string> = {
  readonly columns: C;
  readonly key: readonly K[];
  /** Columns of each index besides the key's. */
  readonly indexes: readonly (readonly string[])[];
};
export type Tables = Readonly<Record<string, Table>>;

type ValueOf<C> = C extends Column<infer T> ? T : never;
/** A whole row. */
export type RowOf<T> = T extends Table<infer C, string> ? { readonly [N in keyof C]: ValueOf<C[N]> } : never;
/** What names a row. */
export type KeyOf<T> = T extends Table<infer C, infer K> ? { readonly [N in K]: ValueOf<C[N]> } : never;
/** Some columns besides the key. */
export type ChangesOf<T> = T extends Table<infer C, infer K> ? { readonly [N in Exclude<keyof C, K>]?: ValueOf<C[N]> } : never;
/** How much to add to columns that are numbers and not null. */
export type IncrementsOf<T> =
  T extends Table<infer C, infer K> ? { readonly [N in Exclude<keyof C, K> as ValueOf<C[N]> extends number ? N : never]?: number } : never;
/** Values that some columns have; null means "is null". */
export type MatchOf<T> = T extends Table<infer C, string> ? { readonly [N in keyof C]?: ValueOf<C[N]> } : never;

/** The column types are PostgreSQL's, names are `snake_case`; at most 40 characters, so that every name made from them fits. */
export const sqlName = /^[a-z][a-z0-9_]{0,39}$/;

/**
 * Declares a table. `key` names the columns of the primary key, `indexes` the columns of further indexes. Throws `DefinitionError` for
 * names that are none in SQL, and for keys and indexes of columns that are not there.
 */
export function table<const C extends Columns, const K extends keyof C & string>(declared: {
  readonly columns: C;
  readonly key: readonly K[];
  readonly indexes?: readonly (readonly (keyof C & string)[])[];
}): Table<C, K> {
  const { columns, key, indexes = [] } = declared;
  for (const name of Object.keys(columns)) {
    if (!sqlName.test(name)) throw new DefinitionError(`"${name}" is no name for a column: a–z 0–9 _, at most 40`, { column: name });
  }
  if (key.length === 0) throw new DefinitionError("a table needs a key: name the columns that tell its rows apart");
  for (const name of [...key, ...indexes.flat()]) {
    if (columns[name] === undefined) throw new DefinitionError(`${name} is in a key or an index, and no column`, { column: name });
  }
  for (const name of key) {
    if (columns[name]?.nullable) throw new DefinitionError(`${name} is in the key, and may be null`, { column: name });
  }
  return { columns, key, indexes };
}

/** Whether a row can begin with nothing but its key: its other columns are numbers, which begin at 0, or may be null. */
export const canBegin = ({ columns, key }: Table): boolean =>
  Object.entries(columns).every(([name, column]) => key.includes(name) || column.nullable || isNumeric(column));
