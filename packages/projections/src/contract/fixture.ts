import { setTimeout as delay } from "node:timers/promises";
import { afterAll, beforeAll, beforeEach, expect, onTestFinished } from "vitest";
import { run, type ReadModelDatabase } from "../database.ts";
import { foldInMemory } from "../fold.ts";
import { createProjections, type Projection, type Projections, type ProjectionsOptions } from "../index.ts";
import { quoted } from "../writing/statements.ts";
import { createWorld, domain, things, type World } from "./small-world.ts";

/** A database to hold against the contract. */
export type DatabaseSubject = {
  readonly name: string;
  /** Opens it; the suite empties it, and closes it. */
  readonly open: () => Promise<ReadModelDatabase>;
};

export type UsedDatabase = () => ReadModelDatabase;

/** Removes everything of ours from a database, as somebody does who wipes it. */
export async function wipe({ kysely }: ReadModelDatabase): Promise<void> {
  const schemas = await run<{ name: string }>(
    kysely,
    "select nspname as name from pg_namespace where nspname <> 'information_schema' and nspname not like 'pg\\_%'",
  );
  for (const { name } of schemas) await run(kysely, `drop schema if exists ${quoted(name)} cascade`);
  await run(kysely, "create schema public");
}

/** Starting a database takes seconds, more on a machine that has other things to do. */
const openTimeoutMs = 120_000;

/** One database for the tests of a suite, empty at the beginning of each. */
export function useDatabase({ open }: DatabaseSubject): UsedDatabase {
  let database: ReadModelDatabase | undefined;
  const opened = (): ReadModelDatabase => {
    if (database === undefined) throw new Error("the database is not open");
    return database;
  };
  beforeAll(async () => {
    database = await open();
  }, openTimeoutMs);
  beforeEach(() => wipe(opened()));
  afterAll(() => database?.close());
  return opened;
}

/** Waits until a condition holds; the test's own timeout is the bound. */
export async function until(condition: () => Promise<boolean>): Promise<void> {
  while (!(await condition())) await delay(5);
}

/** Projections over a world, closed with the test. */
export function project(
  database: ReadModelDatabase,
  world: Pick<World, "store" | "bus">,
  options: Partial<Omit<ProjectionsOptions, "database" | "store" | "domain">> = {},
): Projections {
  const projections = createProjections({
    database,
    store: world.store,
    feed: world.bus,
    domain,
    projections: [things()],
    pollMs: 20,
    batchEvents: 7,
    ...options,
  });
  onTestFinished(() => projections.close());
  return projections;
}

/** Rows of a table without an order. */
export const rowsOf = async ({ kysely }: ReadModelDatabase, schema: string, table: string): Promise<readonly string[]> =>
  (await run(kysely, `select * from ${quoted(schema)}.${quoted(table)}`)).map(canonical).sort();

const canonical = (row: object): string => JSON.stringify(Object.entries(row).sort(([one], [other]) => (one < other ? -1 : 1)));

/** Holds the tables of a copy (default: what analysts see) against the fold of a log. */
export async function expectFold(
  database: ReadModelDatabase,
  world: Pick<World, "log">,
  {
    schema = "public",
    projection = things(),
    upTo = Number.POSITIVE_INFINITY,
  }: { schema?: string; projection?: Projection; upTo?: number } = {},
): Promise<void> {
  const log = (await world.log()).filter(({ position }) => position <= upTo);
  const folded = await foldInMemory(projection, domain, log);
  for (const [table, rows] of Object.entries(folded)) {
    expect({ table, rows: await rowsOf(database, schema, table) }).toEqual({ table, rows: rows.map(canonical).sort() });
  }
}

/** Waits until the active copy has passed the whole log. */
export async function level(projections: Projections, world: Pick<World, "store">, name = "things"): Promise<void> {
  const head = await world.store.head();
  await until(async () => (await projections.status()).some((status) => status.projection === name && status.active !== undefined));
  await projections.reached(name, head);
}

/** The same, whatever fails on the way. */
export async function levelAgain(projections: Projections, world: Pick<World, "store">): Promise<void> {
  const isLevel = async (): Promise<boolean> => {
    await projections.reached("things", await world.store.head());
    return true;
  };
  await until(() => isLevel().catch(() => false));
}

/** Projections that work, and are level with the log; closed with the test. */
export async function started(...[database, world, options]: Parameters<typeof project>): Promise<Projections> {
  const projections = project(database, world, options);
  projections.start();
  await level(projections, world);
  return projections;
}

/** The state of every copy, by its schema. */
export const statesOf = async (database: ReadModelDatabase): Promise<Readonly<Record<string, string>>> =>
  Object.fromEntries(
    (await run<{ schema: string; state: string }>(database.kysely, "select schema, state from aethyr.copies")).map(({ schema, state }) => [
      schema,
      state,
    ]),
  );

export { createWorld };
