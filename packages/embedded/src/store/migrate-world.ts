import { join } from "node:path";
import { migrateLog, type EventStore, type MigrateOptions, type MigrationReport } from "@aethyr/event-store";
import { openSqliteEventStore, openSqliteKeyStore } from "@aethyr/event-store/sqlite";
import type { Config } from "../config/schema.ts";
import { layout, prepareDataFolder, rememberMade } from "../data-folder.ts";
import { checkNothingMissing } from "../data-missing.ts";
import { checkLog, inUse, isInUse, type Opened } from "./open-stores.ts";
import { openImmudb } from "./open-immudb.ts";
import { settleJournal } from "./settle-journal.ts";

/** One end of a migration: the configured ImmuDB, or SQLite, in the data folder or in the folder of another store. */
export type MigrationEnd = { readonly kind: "immudb" } | { readonly kind: "sqlite"; readonly directory?: string };

export type MigrateWorldOptions = Omit<MigrateOptions, "batch"> & {
  readonly config: Config;
  readonly from: MigrationEnd;
  readonly to: MigrationEnd;
};

/** `moved`: the data folder belongs to the target now. */
export type WorldMigration = MigrationReport & { readonly moved: boolean };

type End = EventStore & { readonly logId: string };

/**
 * Copies a log from one engine to another, see `migrateLog`, while nobody has the data folder. Where it was the world's own log, the folder belongs to
 * the copy afterwards, and opens no other one. Rejects as `migrateLog` and `openWorld` do.
 */
export async function migrateWorld({ config, from, to, ...options }: MigrateWorldOptions): Promise<WorldMigration> {
  const { data } = config;
  const kept = await prepareDataFolder(config);
  checkNothingMissing(data, kept);
  const closers: (() => Promise<unknown>)[] = [];
  const opened: Opened = (part) => {
    closers.push(() => part.close());
    return part;
  };
  try {
    // They are what says that the folder is in use.
    opened(await openSqliteKeyStore({ directory: join(data, layout.keys) }));
    const source = await openEnd(from, config, opened);
    const isOwn = isOwnEnd(from) && kept.log !== undefined;
    if (isOwn) checkLog(data, kept, source.logId);
    if (from.kind === "immudb") await settleJournal(data, source);
    const target = await openEnd(to, config, opened);
    const report = await migrateLog(source, target, options);
    const moved = isOwnEnd(to) && (isOwn || kept.log === undefined);
    if (moved) await rememberMade(data, kept, { log: target.logId, store: to.kind });
    return { ...report, moved };
  } catch (error) {
    throw isInUse(error) ? await inUse(data, error) : error;
  } finally {
    for (const close of closers.toReversed()) await close();
  }
}

const isOwnEnd = (end: MigrationEnd): boolean => end.kind === "immudb" || end.directory === undefined;

async function openEnd(end: MigrationEnd, config: Config, opened: Opened): Promise<End> {
  if (end.kind === "immudb") return opened(await openImmudb(config));
  return opened(await openSqliteEventStore({ directory: end.directory ?? join(config.data, layout.events) }));
}
