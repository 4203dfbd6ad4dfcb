import type { Transaction } from "kysely";
import { setTimeout as delay } from "node:timers/promises";
import { run, type ReadModelDatabase } from "../database.ts";
import { WrongStateError } from "../errors.ts";
import { readCopies, type Copy } from "../registry/copies.ts";
import { columnsIn, tablesIn } from "../registry/shape.ts";
import { unknownCopy } from "../registry/switch-copies.ts";
import { quoted } from "../writing/statements.ts";

/** Two copies of a projection at the same place of the log, table by table. */
export type Comparison = {
  readonly left: string;
  readonly right: string;
  /** Position of the log that both were at. */
  readonly position: number;
  readonly equal: boolean;
  readonly tables: readonly TableComparison[];
};

export type TableComparison = {
  readonly table: string;
  /** Rows of each; null where it does not have the table. */
  readonly leftRows: number | null;
  readonly rightRows: number | null;
  readonly onlyLeft: number;
  readonly onlyRight: number;
  /** Rows that both have, with other values. */
  readonly changed: number;
  /** Columns that only one of them has: they are not compared. */
  readonly otherColumns: readonly string[];
  /** Keys of rows that differ, the first of them. */
  readonly keys: readonly Readonly<Record<string, unknown>>[];
};

const shownKeys = 20;

/**
 * Compares two copies row by row, in one snapshot in which both are at the same position; waits for such a moment as long as the signal
 * allows, and rejects with `projection_state` where one does not get there.
 */
export async function compareCopies(
  { kysely }: ReadModelDatabase,
  projection: string,
  leftSchema: string,
  rightSchema: string,
  { pollMs, signal }: { readonly pollMs: number; readonly signal: AbortSignal },
): Promise<Comparison> {
  for (;;) {
    const found = await kysely
      .transaction()
      .setIsolationLevel("repeatable read")
      .execute(async (transaction) => {
        const copies = await readCopies(transaction);
        const left = copyOf(copies, projection, leftSchema);
        const right = copyOf(copies, projection, rightSchema);
        return left.position === right.position ? await compareTables(transaction, left, right) : { left, right };
      });
    if ("tables" in found) return found;
    if (signal.aborted)
      throw new WrongStateError(
        `${leftSchema} is at position ${found.left.position} and ${rightSchema} at ${found.right.position}: they are compared at the same place only`,
        { left: leftSchema, left_position: found.left.position, right: rightSchema, right_position: found.right.position },
      );
    await delay(pollMs, undefined, { signal }).catch(() => undefined);
  }
}

function copyOf(copies: readonly Copy[], projection: string, schema: string): Copy {
  const copy = copies.find((each) => each.schema === schema && each.projection === projection);
  if (copy === undefined) throw unknownCopy(projection, schema);
  return copy;
}

async function compareTables(transaction: Transaction<unknown>, left: Copy, right: Copy): Promise<Comparison> {
  const names = [...new Set([...(await tablesIn(transaction, left.schema)), ...(await tablesIn(transaction, right.schema))])].sort();
  const tables: TableComparison[] = [];
  for (const name of names) tables.push(await compareTable(transaction, left.schema, right.schema, name));
  const equal = tables.every(
    ({ onlyLeft, onlyRight, changed, leftRows, rightRows, otherColumns }) =>
      onlyLeft + onlyRight + changed + otherColumns.length === 0 && leftRows !== null && rightRows !== null,
  );
  return { left: left.schema, right: right.schema, position: left.position, equal, tables };
}

async function compareTable(transaction: Transaction<unknown>, left: string, right: string, table: string): Promise<TableComparison> {
  const [leftColumns, rightColumns] = [await columnsIn(transaction, left, table), await columnsIn(transaction, right, table)];
  const count = async (schema: string): Promise<number> =>
    (await run<{ rows: number }>(transaction, `select count(*)::bigint as rows from ${quoted(schema)}.${quoted(table)}`))[0]?.rows ?? 0;
  const leftRows = leftColumns.size === 0 ? null : await count(left);
  const rightRows = rightColumns.size === 0 ? null : await count(right);
  const nothing = { table, leftRows, rightRows, onlyLeft: 0, onlyRight: 0, changed: 0, otherColumns: [], keys: [] };
  if (leftRows === null || rightRows === null) return { ...nothing, onlyLeft: leftRows ?? 0, onlyRight: rightRows ?? 0 };

  const shared = [...leftColumns.keys()].filter((name) => leftColumns.get(name) === rightColumns.get(name)).sort();
  const otherColumns = [...new Set([...leftColumns.keys(), ...rightColumns.keys()])].filter((name) => !shared.includes(name)).sort();
  const key = await keyOf(transaction, left, table);
  const rightKey = await keyOf(transaction, right, table);
  if (key.length === 0 || key.join() !== rightKey.join() || !key.every((name) => shared.includes(name)))
    return { ...nothing, onlyLeft: leftRows, onlyRight: rightRows, otherColumns };

  const on = key.map((name) => `l.${quoted(name)} = r.${quoted(name)}`).join(" and ");
  const [first = ""] = key;
  const sides = `l.${quoted(first)} is null as no_left, r.${quoted(first)} is null as no_right`;
  const keys = key.map((name) => `coalesce(l.${quoted(name)}, r.${quoted(name)}) as ${quoted(name)}`).join(", ");
  const row = (side: string): string => `row(${shared.map((name) => `${side}.${quoted(name)}`).join(", ")})`;
  const differing = `select ${keys}, ${sides} from ${quoted(left)}.${quoted(table)} l full join ${quoted(right)}.${quoted(table)} r on ${on}
    where ${row("l")} is distinct from ${row("r")}`;
  const [sums] = await run<{ only_left: number; only_right: number; changed: number }>(
    transaction,
    `select count(*) filter (where no_right)::bigint as only_left, count(*) filter (where no_left)::bigint as only_right,
       count(*) filter (where not no_left and not no_right)::bigint as changed from (${differing}) d`,
  );
  const names = key.map(quoted).join(", ");
  return {
    ...nothing,
    onlyLeft: sums?.only_left ?? 0,
    onlyRight: sums?.only_right ?? 0,
    changed: sums?.changed ?? 0,
    otherColumns,
    keys: await run(transaction, `select ${names} from (${differing}) d order by ${names} limit ${shownKeys}`),
  };
}

/** The columns of the primary key, in their order. */
async function keyOf(transaction: Transaction<unknown>, schema: string, table: string): Promise<readonly string[]> {
  const rows = await run<{ name: string }>(
    transaction,
    `select a.attname as name from pg_index i join pg_class c on c.oid = i.indrelid join pg_namespace n on n.oid = c.relnamespace
       cross join lateral unnest(i.indkey::int2[]) with ordinality as k(attnum, place)
       join pg_attribute a on a.attrelid = c.oid and a.attnum = k.attnum
     where n.nspname = $1 and c.relname = $2 and i.indisprimary order by k.place`,
    [schema, table],
  );
  return rows.map(({ name }) => name);
}
