import { join, resolve } from "node:path";
import { InvalidRequestError, migrateLog, type EventStore, type MigrateOptions, type MigrationReport } from "@aethyr/event-store";
import type { CopyMark } from "@aethyr/event-store/immudb";
import { openSqliteEventStore, openSqliteKeyStore } from "@aethyr/event-store/sqlite";
import type { Domain } from "@aethyr/kernel";
import { createClosers, layout, unknownTypes, type Closers, type Config } from "@aethyr/process";
import { openImmudb } from "@aethyr/process/immudb";
import type { Log } from "@aethyr/runtime";
import { prepareDataFolder, rememberMade, storeOfWorld } from "../data-folder.ts";
import { checkNothingMissing } from "../data-missing.ts";
import { checkWhole, fileCopyMark } from "./copy-mark.ts";
import { checkLog, inUse, isInUse } from "./open-stores.ts";
import { settleJournal } from "./settle-journal.ts";

/** One end of a migration: the configured ImmuDB, or SQLite, in the data folder or in the folder of another store. */
export type MigrationEnd = { readonly kind: "immudb" } | { readonly kind: "sqlite"; readonly directory?: string };

export type MigrateWorldOptions = Omit<MigrateOptions, "batch" | "onCopying"> & {
  readonly config: Config;
  readonly from: MigrationEnd;
  readonly to: MigrationEnd;
  /** Told what an outage has left behind, and what is got over by itself. */
  readonly log: Log;
};

/** `moved`: the data folder belongs to the target now. */
export type WorldMigration = MigrationReport & { readonly moved: boolean };

type End = EventStore & { readonly logId: string; readonly copyMark: CopyMark };

/**
 * Copies a log from one engine to another, see `migrateLog`, while nobody has the data folder. Where it was the world's own log, the folder belongs to
 * the copy afterwards, and opens no other one. Until the copy was found to be whole it is marked as unfinished, and nobody opens it but the next
 * migration from there. Rejects as `migrateLog` and `openWorld` do.
 */
export async function migrateWorld({ config, from, to, log, ...options }: MigrateWorldOptions): Promise<WorldMigration> {
  const { data } = config;
  if (placeOfEnd(from, config) === placeOfEnd(to, config))
    throw new InvalidRequestError(`a log cannot be copied to where it is: both ends are ${placeOfEnd(to, config)}`);
  const kept = await prepareDataFolder(config);
  checkNothingMissing(data, kept);
  const { opened, close } = createClosers();
  try {
    // They are what says that the folder is in use.
    opened(await openSqliteKeyStore({ directory: join(data, layout.keys) }));
    const source = await openEnd(from, config, opened);
    const isOwn = isOwnEnd(from) && kept.log !== undefined;
    if (isOwn) checkLog(data, kept, source.logId);
    await checkWhole(source.copyMark, data, nameOf(from));
    if (options.domain !== undefined) checkKnown(options.domain, await source.statistics());
    if (from.kind === "immudb") await settleJournal(data, source, log);
    const target = await openEnd(to, config, opened);
    // An empty one is as good as begun: who starts a world on it meanwhile writes what the migration cannot go on after.
    if ((await target.head()) === 0) await target.copyMark.begin(nameOf(from));
    const report = await migrateLog(source, target, { ...options, onCopying: () => target.copyMark.begin(nameOf(from)) });
    const moved = isOwnEnd(to) && (isOwn || kept.log === undefined);
    if (moved) await rememberMade(data, kept, { log: target.logId, store: to.kind });
    await target.copyMark.end();
    return { ...report, moved };
  } catch (error) {
    throw isInUse(error) ? await inUse(data, error) : error;
  } finally {
    await close();
  }
}

/**
 * Whether the data folder belongs to `to` since a migration from `from`: then there is nothing to move. A mark that a migration has left on its
 * copy when it was killed after it was found to be whole is taken away. Rejects as `openWorld` does.
 */
export async function wasMoved({ config, from, to }: Pick<MigrateWorldOptions, "config" | "from" | "to">): Promise<boolean> {
  const { data } = config;
  if (!isOwnEnd(from) || !isOwnEnd(to) || (await storeOfWorld(data)) !== to.kind) return false;
  const kept = await prepareDataFolder(config);
  const { opened, close } = createClosers();
  try {
    opened(await openSqliteKeyStore({ directory: join(data, layout.keys) }));
    const target = await openEnd(to, config, opened);
    checkLog(data, kept, target.logId);
    await target.copyMark.end();
  } catch (error) {
    // Whoever has it open has found it whole.
    if (!isInUse(error)) throw error;
  } finally {
    await close();
  }
  return true;
}

/** Before anything is copied: the states that both logs lead to could not be compared. */
function checkKnown(domain: Domain, statistics: Parameters<typeof unknownTypes>[1]): void {
  const unknown = unknownTypes(domain, statistics);
  if (unknown.length === 0) return;
  throw new InvalidRequestError(
    `the log has ${unknown.join(", ")}, which nothing here knows, so that its states could not be compared; nothing was copied: name the module that they come from in \`modules\` (AETHYR_MODULES, --modules)`,
    { types: unknown },
  );
}

const isOwnEnd = (end: MigrationEnd): boolean => end.kind === "immudb" || end.directory === undefined;

/** As `store migrate` has it on its command line. */
const nameOf = (end: MigrationEnd): string =>
  end.kind === "immudb" || end.directory === undefined ? end.kind : `sqlite:${resolve(end.directory)}`;

/** Names an end, the same one always alike. */
export const placeOfEnd = (end: MigrationEnd, { data }: Pick<Config, "data">): string =>
  end.kind === "immudb" ? "the configured ImmuDB" : `the SQLite store in ${resolve(end.directory ?? join(data, layout.events))}`;

async function openEnd(end: MigrationEnd, config: Config, opened: Closers["opened"]): Promise<End> {
  if (end.kind === "immudb") return opened(await openImmudb(config));
  const directory = end.directory ?? join(config.data, layout.events);
  return { ...opened(await openSqliteEventStore({ directory })), copyMark: fileCopyMark(directory) };
}
