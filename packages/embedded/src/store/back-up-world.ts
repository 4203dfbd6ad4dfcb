import { mkdir } from "node:fs/promises";
import { join } from "node:path";
import { backupSqliteStore, openSqliteLog, restoreSqliteStore, type BackupOptions, type CopiedLog } from "@aethyr/event-store/sqlite";
import { DataFolderError, findRunning, layout, type Config } from "@aethyr/process";
import { prepareDataFolder, storeOfWorld } from "../data-folder.ts";
import { checkWhole, fileCopyMark } from "./copy-mark.ts";
import { checkLog, inUse, isInUse } from "./open-stores.ts";

/** Copies the log of a world in SQLite, which may be running, into one new file, and verifies the copy. Rejects as `backupSqliteStore` does, and with `other_store`. */
export async function backUpWorld({ data }: Pick<Config, "data">, file: string, options: BackupOptions): Promise<CopiedLog> {
  if ((await storeOfWorld(data)) === "immudb")
    throw new DataFolderError(
      "other_store",
      `the world in ${data} has its events in ImmuDB: back that up with its own tool, see "Back up and restore" in docs/operations`,
      { folder: data, store: "immudb" },
    );
  await checkWhole(fileCopyMark(join(data, layout.events)), data, "sqlite");
  return backupSqliteStore(join(data, layout.events), file, options);
}

/**
 * Puts a back-up into the data folder of a world that has no log there, or makes the folder. Rejects as `restoreSqliteStore` and `openWorld` do.
 */
export async function restoreWorld(config: Pick<Config, "data" | "world">, file: string, options: BackupOptions): Promise<CopiedLog> {
  const { data } = config;
  const kept = await prepareDataFolder(config);
  if ((await findRunning(data)) !== undefined) throw await inUse(data);
  if (kept.log !== undefined) checkLog(data, kept, await logOf(file));
  const events = join(data, layout.events);
  await mkdir(events, { recursive: true, mode: 0o700 });
  try {
    return await restoreSqliteStore(file, events, options);
  } catch (error) {
    throw isInUse(error) ? await inUse(data, error) : error;
  }
}

async function logOf(file: string): Promise<string> {
  const log = await openSqliteLog({ backup: file });
  await log.close();
  return log.logId;
}
