import { expect, test } from "vitest";
import { eventStoreContract } from "../contract/index.ts";
import { commitOf, freshRef } from "../contract/samples.ts";
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

test("[G6] [G11] a commit with a fence is refused, and nothing is appended: a log in files has no other owner to be told from", async () => {
  const store = await openOnThreads({ directory: newFolder() }, "caller");
  const fence = { partition: "1/1", epoch: 0, token: 0 };
  await expect(store.append([commitOf(freshRef(), 0), { ...commitOf(freshRef(), 0), fence }])).rejects.toMatchObject({
    code: "invalid_request",
  });
  expect(await store.head()).toBe(0);
  await store.close();
});
