import { join } from "node:path";
import { createMemoryEventStore, createMemoryKeyStore, StoreInUseError, type EventStore } from "@aethyr/event-store";
import { withJournal, type JournaledEventStore } from "@aethyr/event-store/journal";
import { openSqliteEventStore, openSqliteKeyStore, OtherLogError } from "@aethyr/event-store/sqlite";
import type { KeyStore } from "@aethyr/kernel";
import { DataFolderError, findRunning, layout, readRunning, type Closers, type Config } from "@aethyr/process";
import { openImmudb } from "@aethyr/process/immudb";
import type { ProvableLog } from "@aethyr/proof";
import type { Log } from "@aethyr/runtime";
import { prepareDataFolder, rememberMade, type WorldFile } from "../data-folder.ts";
import { checkNothingMissing, checkStore, dataMissing } from "../data-missing.ts";
import { checkWhole, fileCopyMark } from "./copy-mark.ts";
import { settleJournal } from "./settle-journal.ts";

export type Stores = {
  readonly store: EventStore;
  readonly keys: KeyStore;
  /** What proves the log; undefined for one that is not kept. */
  readonly proof: ProvableLog | undefined;
  /** Names the log; undefined for one that is not kept. */
  readonly logId?: string;
  /** The store, where it goes on while its log is away. */
  readonly journaled?: JournaledEventStore;
};

/** Opens the log and the keys of the configured world, and makes them at its first start. Rejects as `openWorld` does. */
export async function openStores(config: Config, log: Log, opened: Closers["opened"]): Promise<Stores> {
  const { store, data } = config;
  const kept = await prepareDataFolder(config);
  if (store === "memory") {
    if ((await findRunning(data)) !== undefined) throw await inUse(data);
    return { store: opened(createMemoryEventStore()), keys: opened(createMemoryKeyStore()), proof: undefined };
  }
  checkStore(data, kept, store);
  checkNothingMissing(data, kept);
  try {
    return store === "sqlite" ? await onSqlite(config, kept, log, opened) : await onImmudb(config, kept, log, opened);
  } catch (error) {
    // One of ImmuDB says it of its journal.
    if (store === "sqlite" && error instanceof OtherLogError) throw dataMissing(data, layout.log, error);
    throw isInUse(error) ? await inUse(data, error) : error;
  }
}

async function onSqlite({ data }: Config, kept: WorldFile, log: Log, opened: Closers["opened"]): Promise<Stores> {
  const store = opened(
    await openSqliteEventStore({
      directory: join(data, layout.events),
      onWarning: (message) => log.warn({}, message),
      ...(kept.log !== undefined && { logId: kept.log }),
    }),
  );
  await checkWhole(fileCopyMark(join(data, layout.events)), data, "sqlite");
  const keys = opened(await openSqliteKeyStore({ directory: join(data, layout.keys) }));
  await rememberMade(data, kept, { log: store.logId, store: "sqlite" });
  return { store, keys, proof: store.proof, logId: store.logId };
}

/** The keys first: they are what says that the folder is in use. */
async function onImmudb(config: Config, kept: WorldFile, log: Log, opened: Closers["opened"]): Promise<Stores> {
  const { data } = config;
  const keys = opened(await openSqliteKeyStore({ directory: join(data, layout.keys) }));
  // Until it is open, what is wrong is said once, by the error.
  let isOpen = false;
  const store = opened(
    await openImmudb(config, {
      onWarning: (message) => log.warn({}, message),
      onConnection(state, reason) {
        if (!isOpen) return;
        if (state === "away")
          log.error(
            { reason },
            config.outage === "refuse"
              ? "ImmuDB is away: commands are refused until it is back"
              : "ImmuDB is away: commands are journaled until it is back",
          );
        else log.info({}, "ImmuDB is back");
      },
    }),
  );
  isOpen = true;
  checkLog(data, kept, store.logId);
  await checkWhole(store.copyMark, data, "immudb");
  await rememberMade(data, kept, { log: store.logId, store: "immudb" });
  if (config.outage === "refuse") {
    await settleJournal(data, store, log);
    return { store, keys, proof: store.proof, logId: store.logId };
  }
  const journaled = opened(await withJournal({ primary: store, logId: store.logId, directory: join(data, layout.journal), log }));
  return { store: journaled, keys, proof: store.proof, logId: store.logId, journaled };
}

/** Throws `other_log` for another log than the one that a folder belongs to. */
export function checkLog(folder: string, { log }: WorldFile, found: string): void {
  if (log === undefined || log === found) return;
  throw new DataFolderError(
    "other_log",
    `this is another log than the one that the world in ${folder} was started with: name the right one, or choose an empty folder to begin a world with this one`,
    { folder, log, found },
  );
}

/** Names who has the folder, if that is known. */
export async function inUse(folder: string, cause?: Error): Promise<DataFolderError> {
  const running = await readRunning(folder);
  const who = running === undefined ? "another process" : `process ${running.pid}, whose operator API is ${running.url}`;
  return new DataFolderError(
    "data_folder_in_use",
    `${folder} is in use by ${who}: stop it, or choose another folder with AETHYR_DATA`,
    { folder, pid: running?.pid ?? null },
    { cause },
  );
}

export const isInUse = (error: unknown): error is Error => error instanceof StoreInUseError;
