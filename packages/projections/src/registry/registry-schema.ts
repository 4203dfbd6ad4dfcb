import { run, type ReadModelDatabase } from "../database.ts";
import { migrate, type MigrationStep } from "./migrate.ts";

/** What makes the registry. Add steps, never change one: databases have run them. */
const steps: readonly MigrationStep[] = [
  {
    name: "0001_registry",
    async run(transaction) {
      const statements = [
        // Which copy of a projection the views in "public" show.
        `create table aethyr.projections (
           name text primary key,
           active text not null
         )`,
        // Each copy of a projection, in a schema of its own, with its checkpoint and the lease of the worker that writes it.
        `create table aethyr.copies (
           schema text primary key,
           projection text not null,
           version integer not null,
           build integer not null,
           shape text not null,
           state text not null,
           switches boolean not null,
           until_position bigint,
           until_time timestamptz,
           log_id text,
           position bigint not null default 0,
           events bigint not null default 0,
           event_time timestamptz,
           level boolean not null default false,
           put_aside integer not null default 0,
           failure jsonb,
           lease_owner text,
           lease_epoch bigint not null default 0,
           lease_until timestamptz,
           created_at timestamptz not null default clock_timestamp(),
           updated_at timestamptz not null default clock_timestamp(),
           unique (projection, version, build)
         )`,
        // Events that a copy has not applied: parked ones wait to be tried again, skipped ones do not.
        `create table aethyr.put_aside (
           schema text not null references aethyr.copies (schema) on delete cascade,
           position bigint not null,
           kind text not null,
           stream text not null,
           stream_version bigint not null,
           event_type text not null,
           reason text not null,
           at timestamptz not null default clock_timestamp(),
           primary key (schema, position)
         )`,
      ];
      for (const statement of statements) await run(transaction, statement);
    },
  },
  {
    name: "0002_proof",
    // By which event a checkpoint knows its log again; and since when a copy has been level.
    async run(transaction) {
      await run(transaction, "alter table aethyr.copies add column event_id text, add column level_at timestamptz");
      await run(transaction, "update aethyr.copies set level_at = clock_timestamp() where level");
    },
  },
];

/** Held by whoever makes or changes schemas, so that two processes starting at once do it one after the other. */
export const schemaLock = "select pg_advisory_xact_lock(4163748)";

/** Makes the registry, or brings it up to date; does nothing where it is. */
export async function migrateRegistry({ kysely }: ReadModelDatabase): Promise<void> {
  await kysely.transaction().execute(async (transaction) => {
    await run(transaction, schemaLock);
    const [found] = await run<{ there: boolean }>(transaction, "select to_regclass('aethyr.migrations') is not null as there");
    if (found?.there !== true) {
      await run(transaction, "create schema if not exists aethyr");
      await run(
        transaction,
        "create table aethyr.migrations (scope text, name text, applied_at timestamptz not null default clock_timestamp(), primary key (scope, name))",
      );
    }
    await migrate(transaction, "aethyr", steps);
  });
}
