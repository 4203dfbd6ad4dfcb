import { afterAll, beforeAll } from "vitest";
import type { EventStore } from "../event-store.ts";
import type { EventStoreSubject } from "./event-store-contract.ts";

/** One store for the tests of a `describe`, which keep apart by fresh names: opening one may be costly. */
export function sharedStore({ open }: EventStoreSubject): () => EventStore {
  let store: EventStore | undefined;
  beforeAll(async () => {
    store = await open();
  });
  afterAll(async () => store?.close());
  return () => {
    if (store === undefined) throw new Error("the store is opened before the tests");
    return store;
  };
}

/** A store for one test. */
export async function withStore(subject: EventStoreSubject, test: (store: EventStore) => Promise<void>): Promise<void> {
  const store = await subject.open();
  try {
    await test(store);
  } finally {
    await store.close();
  }
}
