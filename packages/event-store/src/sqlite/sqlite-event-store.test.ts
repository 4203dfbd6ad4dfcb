import { eventStoreContract } from "../contract/index.ts";
import type { EventStore } from "../event-store.ts";
import { openOnThreads, type SqliteEventStoreOptions, type Threads } from "./sqlite-event-store.ts";
import { testFolders } from "./testing/test-folders.ts";

const newFolder = testFolders();

function contractOn(name: string, threads: Threads, options: Omit<SqliteEventStoreOptions, "directory"> = {}): void {
  const folders = new WeakMap<EventStore, string>();
  const openIn = async (directory: string): Promise<EventStore> => {
    const store = await openOnThreads({ directory, ...options }, threads);
    folders.set(store, directory);
    return store;
  };
  eventStoreContract({
    name,
    open: () => openIn(newFolder()),
    reopen: async (store) => {
      await store.close();
      return openIn(folders.get(store) ?? "");
    },
  });
}

contractOn("sqlite", "own");
contractOn("sqlite on the caller's thread, remembering two streams", "caller", { cachedHeads: 2 });
