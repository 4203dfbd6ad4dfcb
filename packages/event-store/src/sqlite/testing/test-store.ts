import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import type { EventStore } from "../../event-store.ts";
import { openOnThreads, type SqliteEventStoreOptions } from "../sqlite-event-store.ts";

/** A store on this thread, for as long as the work lasts. */
export async function withStore(options: SqliteEventStoreOptions, work: (store: EventStore) => Promise<void>): Promise<void> {
  const store = await openOnThreads(options, "caller");
  try {
    await work(store);
  } finally {
    await store.close();
  }
}

/** Changes the log behind the store's back, as no program of ours does. */
export function tamper(directory: string, sql: string, file = "events.sqlite"): void {
  const database = new DatabaseSync(join(directory, file), { timeout: 1000 });
  database.exec(sql);
  database.close();
}
