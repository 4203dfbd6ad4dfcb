import { join } from "node:path";
import { openImmudbLog } from "@aethyr/event-store/immudb";
import { openSqliteLog } from "@aethyr/event-store/sqlite";
import { layout } from "@aethyr/process";
import { immudbReadPlace, startError, type ImmudbConfig } from "@aethyr/process/immudb";
import type { ProvableLog } from "@aethyr/proof";

/** A world's log, to be proven; whoever else has it open goes on. */
export type OpenedLog = {
  readonly proof: ProvableLog;
  /** What is wrong with it that no hash tells, in words for an operator; none for ImmuDB. */
  faults(): Promise<readonly string[]>;
  close(): Promise<void>;
};

/**
 * Opens the log of the configured world for reading, beside whoever runs it. Rejects with `immudb_settings`, `immudb_unreachable`,
 * `immudb_refused`, `foreign_store`, `corrupt_store` or `unavailable`.
 */
export async function openLog(config: ImmudbConfig, store: "sqlite" | "immudb"): Promise<OpenedLog> {
  if (store === "sqlite") return openSqliteLog({ directory: join(config.data, layout.events) });
  const place = await immudbReadPlace(config);
  const log = openImmudbLog(place);
  try {
    // Whether it can be reached and lets us in: the opening itself asks nothing.
    await log.state();
  } catch (error) {
    await log.close();
    throw startError(error, place);
  }
  return { proof: log, faults: async () => [], close: () => log.close() };
}

/** A back-up of a SQLite log. Rejects with `foreign_store`, `corrupt_store` or `unavailable`. */
export const openBackup = async (file: string): Promise<OpenedLog> => openSqliteLog({ backup: file });
