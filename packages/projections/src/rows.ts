import type { Kysely } from "kysely";
import type { ChangesOf, IncrementsOf, KeyOf, MatchOf, RowOf, Table, Tables } from "./table.ts";

/**
 * What a handler can do to a table. Changes are kept and put together over a whole batch of events, then written in few statements: only
 * `get` waits for the database. A value that its column cannot hold is refused at once.
 */
export type TableRows<T extends Table> = {
  /** Writes a whole row, in place of the one of that key if there is one. */
  put(row: RowOf<T>): void;
  /** Changes columns of a row. Nothing happens where there is none. */
  patch(key: KeyOf<T>, changes: ChangesOf<T>): void;
  /** Adds to numbers of a row. Nothing happens where there is none. */
  add(key: KeyOf<T>, by: IncrementsOf<T>): void;
  /** Adds to numbers of a row; where there is none it begins, with 0 and null: only for tables whose other columns can. */
  tally(key: KeyOf<T>, by: IncrementsOf<T>): void;
  remove(key: KeyOf<T>): void;
  /** Changes all rows with these values, such as the one open row of an item: `{ item_id, until: null }`. */
  patchWhere(match: MatchOf<T>, changes: ChangesOf<T>): void;
  removeWhere(match: MatchOf<T>): void;
  /** The row as all events before and this handler have left it. Costs a round trip unless the batch has put it: prefer changes that need no reading. */
  get(key: KeyOf<T>): Promise<RowOf<T> | undefined>;
};

/** The tables of a projection, by their names. */
export type Rows<Ts extends Tables> = { readonly [N in keyof Ts]: TableRows<Ts[N]> };

/** The tables as Kysely wants them. */
export type SqlTables<Ts extends Tables> = { [N in keyof Ts & string]: { -readonly [C in keyof RowOf<Ts[N]>]: RowOf<Ts[N]>[C] } };

/**
 * For what `Rows` cannot express: writes everything that is kept, then gives the batch's transaction, in which the tables of this copy are
 * found by their bare names. Not there when a log is folded in memory.
 */
export type Sql<Ts extends Tables> = <R>(work: (transaction: Kysely<SqlTables<Ts>>) => Promise<R>) => Promise<R>;
