import { createHash } from "node:crypto";
import { run, type Connection } from "../database.ts";
import { NameTakenError } from "../errors.ts";
import type { Projection } from "../projection.ts";
import type { Table } from "../table.ts";
import { quoted } from "../writing/statements.ts";
import type { MigrationStep } from "./migrate.ts";

/** What the tables of a projection are, as a hash: two of the same can take each other's place. */
export function shapeOf({ tables }: Projection): string {
  const shape = Object.entries(tables)
    .sort(byName)
    .map(([name, { columns, key, indexes }]) => [
      name,
      Object.entries(columns)
        .sort(byName)
        .map(([column, { type, nullable }]) => [column, type, nullable]),
      key,
      indexes,
    ]);
  return createHash("sha256").update(JSON.stringify(shape)).digest("hex").slice(0, 32);
}

const byName = ([one]: readonly [string, unknown], [other]: readonly [string, unknown]): number => (one < other ? -1 : 1);

export const schemaName = (projection: string, version: number, build: number): string =>
  `${projection}_v${version}${build === 1 ? "" : `_b${build}`}`;

/** How a schema or a view says that it is ours: its comment. */
const markOf = (projection: string): string => `aethyr projection ${projection}`;

/** The steps that make a copy: its tables, then what the projection adds to them. */
export function stepsOf(projection: Projection, schema: string): readonly MigrationStep[] {
  const { tables, migrations } = projection;
  const further = Object.entries(migrations).map(([name, step]) => ({
    name,
    run: async (transaction: Parameters<MigrationStep["run"]>[0]) => {
      await run(transaction, `set local search_path to ${quoted(schema)}`);
      await step(transaction);
    },
  }));
  return [{ name: "tables", run: (transaction) => makeTables(transaction, schema, projection.name, tables) }, ...further];
}

async function makeTables(connection: Connection, schema: string, name: string, tables: Projection["tables"]): Promise<void> {
  await run(connection, `create schema ${quoted(schema)}`);
  await run(connection, `comment on schema ${quoted(schema)} is '${markOf(name)}'`);
  for (const [table, declared] of Object.entries(tables)) {
    for (const statement of tableStatements(schema, table, declared)) await run(connection, statement);
  }
}

function* tableStatements(schema: string, name: string, { columns, key, indexes }: Table): Generator<string, void> {
  const fields = Object.entries(columns).map(([column, { type, nullable }]) => `${quoted(column)} ${type}${nullable ? "" : " not null"}`);
  const target = `${quoted(schema)}.${quoted(name)}`;
  yield `create table ${target} (${[...fields, `primary key (${key.map(quoted).join(", ")})`].join(", ")})`;
  for (const index of indexes) yield `create index on ${target} (${index.map(quoted).join(", ")})`;
}

/** Whether all tables of a copy are there. */
export async function hasTables(connection: Connection, schema: string, { tables }: Projection): Promise<boolean> {
  const rows = await run<{ name: string }>(connection, "select tablename as name from pg_tables where schemaname = $1", [schema]);
  const there = new Set(rows.map(({ name }) => name));
  return Object.keys(tables).every((name) => there.has(name));
}

/** Drops a schema of a copy, if it is there. Throws `NameTakenError` where it is not one of ours. */
export async function dropSchema(connection: Connection, projection: string, schema: string): Promise<void> {
  const [found] = await run<{ mark: string | null }>(
    connection,
    "select obj_description(oid, 'pg_namespace') as mark from pg_namespace where nspname = $1",
    [schema],
  );
  if (found === undefined) return;
  if (found.mark !== markOf(projection))
    throw new NameTakenError(`the schema ${schema} is not one of ours: rename it, or use another database`, { schema });
  await run(connection, `drop schema ${quoted(schema)} cascade`);
}

/**
 * Lets the views of a projection in "public" show a copy. Views that others have built on them stay where the columns allow it, otherwise the
 * switch is refused by the database. Throws `NameTakenError` where something else has such a name.
 */
export async function pointViews(connection: Connection, projection: string, schema: string, tables: readonly string[]): Promise<void> {
  const found = await run<{ name: string; mark: string | null; kind: string }>(
    connection,
    `select c.relname as name, c.relkind::text as kind, obj_description(c.oid, 'pg_class') as mark from pg_class c
     join pg_namespace n on n.oid = c.relnamespace where n.nspname = 'public'`,
  );
  const there = new Map(found.map((each) => [each.name, each]));
  await run(connection, "create schema if not exists public");
  for (const table of tables) {
    const view = `public.${quoted(table)}`;
    const make = `view ${view} as select * from ${quoted(schema)}.${quoted(table)}`;
    const present = there.get(table);
    if (present !== undefined && (present.kind !== "v" || present.mark !== markOf(projection)))
      throw new NameTakenError(`public.${table} is not a view of ${projection}: rename it, or use another database`, { view: table });
    if (present === undefined) {
      await run(connection, `create ${make}`);
      await run(connection, `comment on view ${view} is '${markOf(projection)}'`);
    } else await replaceView(connection, view, make, markOf(projection));
  }
  for (const [name, { mark, kind }] of there) {
    if (kind === "v" && mark === markOf(projection) && !tables.includes(name)) await run(connection, `drop view public.${quoted(name)}`);
  }
}

async function replaceView(connection: Connection, view: string, make: string, mark: string): Promise<void> {
  await run(connection, "savepoint replacing");
  try {
    await run(connection, `create or replace ${make}`);
  } catch (error) {
    // Other columns: the view has to go first.
    if (!(error instanceof Error) || !("code" in error) || error.code !== "42P16") throw error;
    await run(connection, "rollback to savepoint replacing");
    await run(connection, `drop view ${view}`);
    await run(connection, `create ${make}`);
    await run(connection, `comment on view ${view} is '${mark}'`);
  }
  await run(connection, "release savepoint replacing");
}

/** The tables of a schema, by name. */
export async function tablesIn(connection: Connection, schema: string): Promise<readonly string[]> {
  const rows = await run<{ name: string }>(connection, "select tablename as name from pg_tables where schemaname = $1 order by 1", [
    schema,
  ]);
  return rows.map(({ name }) => name);
}

/** Columns of a table of a schema, with their types. */
export async function columnsIn(connection: Connection, schema: string, table: string): Promise<ReadonlyMap<string, string>> {
  const rows = await run<{ name: string; type: string }>(
    connection,
    "select column_name as name, data_type as type from information_schema.columns where table_schema = $1 and table_name = $2",
    [schema, table],
  );
  return new Map(rows.map(({ name, type }) => [name, type]));
}
