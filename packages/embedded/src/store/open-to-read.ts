import { join } from "node:path";
import { InvalidRequestError, type EventStore } from "@aethyr/event-store";
import { openSqliteEventStore, openSqliteKeyStore, OtherLogError } from "@aethyr/event-store/sqlite";
import { layout, type Closers, type Config } from "@aethyr/process";
import { openImmudb } from "@aethyr/process/immudb";
import type { Log } from "@aethyr/runtime";
import { readDataFolder, type WorldFile } from "../data-folder.ts";
import { checkNothingMissing, checkStore, dataMissing } from "../data-missing.ts";
import { checkWhole, fileCopyMark } from "./copy-mark.ts";
import { checkLog, inUse, isInUse } from "./open-stores.ts";

/**
 * Opens the log of a stopped world for questions; the world stays stopped until it is closed. Neither log nor data folder change by it: nothing
 * is made that is missing, and what an outage has left in the journal stays there, and is not among the answers. Rejects as `openStores` does,
 * and with `no_world`.
 */
export async function openStoreToRead(config: Config, log: Log, opened: Closers["opened"]): Promise<EventStore> {
  const { data, store } = config;
  const kept = await readDataFolder(config);
  if (store === "memory") throw new InvalidRequestError("a world in memory is gone once it is stopped: there is nothing to read");
  checkStore(data, kept, store);
  checkNothingMissing(data, kept);
  try {
    if (store === "sqlite") await checkWhole(fileCopyMark(join(data, layout.events)), data, "sqlite");
    return withoutWriting(store === "sqlite" ? await onSqlite(config, kept, log, opened) : await onImmudb(config, kept, log, opened));
  } catch (error) {
    if (error instanceof OtherLogError) throw dataMissing(data, layout.log, error);
    throw isInUse(error) ? await inUse(data, error) : error;
  }
}

const onSqlite = async ({ data }: Config, { log: logId }: WorldFile, log: Log, opened: Closers["opened"]): Promise<EventStore> =>
  opened(
    await openSqliteEventStore({
      directory: join(data, layout.events),
      onWarning: (message) => log.warn({}, message),
      ...(logId !== undefined && { logId }),
    }),
  );

/** The keys say that the folder is in use, as for a world that runs. */
async function onImmudb(config: Config, kept: WorldFile, log: Log, opened: Closers["opened"]): Promise<EventStore> {
  opened(await openSqliteKeyStore({ directory: join(config.data, layout.keys) }));
  const store = opened(await openImmudb(config, { readOnly: true, onWarning: (message) => log.warn({}, message) }));
  checkLog(config.data, kept, store.logId);
  await checkWhole(store.copyMark, config.data, "immudb");
  return store;
}

function withoutWriting(store: EventStore): EventStore {
  const refuse = (doing: string) => async () => {
    throw new InvalidRequestError(`the world was opened for questions only: it cannot ${doing}`);
  };
  return { ...store, append: refuse("append"), saveSnapshot: refuse("save a snapshot") };
}
