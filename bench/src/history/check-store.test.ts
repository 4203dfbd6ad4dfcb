import { createMemoryEventStore, type EventStore } from "@aethyr/event-store";
import { describe, expect, test } from "vitest";
import { createClient } from "../system/client.ts";
import { startSystem } from "../system/embedded-system.ts";
import { createNotes, createThings, thing } from "../system/load.ts";
import type { AcceptedCommand } from "./check-history.ts";
import { BadHistoryError, checkStore } from "./check-store.ts";

/** A store with a short real history, and what its client was told. */
async function played(): Promise<{ readonly store: EventStore; readonly accepted: readonly AcceptedCommand[] }> {
  const store = createMemoryEventStore();
  const system = await startSystem({ store, relay: false });
  const client = createClient(system.bus);
  await createThings(client, 3);
  const notes = createNotes(client);
  await Promise.all([0, 1, 2, 0, 1, 0].map((number) => notes.sendTo(thing(number))));
  await system.close();
  return { store, accepted: client.accepted() };
}

describe("the check of a store", () => {
  test("[G2] everything that a real host answered as accepted is in its log once, with its outcome", async () => {
    const { store, accepted } = await played();
    await expect(checkStore(store, accepted)).resolves.toBe(
      "history checked: 9 events of 9 accepted commands, nothing lost, doubled or gapped",
    );
  });
  test("a log that lost its end is no good", async () => {
    const { store, accepted } = await played();
    const shortened: EventStore = { ...store, readAll: async (after, limit) => (await store.readAll(after, limit)).slice(0, -1) };
    await expect(checkStore(shortened, accepted)).rejects.toThrow(BadHistoryError);
  });
  test("an accepted command without a recorded outcome is no good", async () => {
    const { store, accepted } = await played();
    const forgetful: EventStore = {
      ...store,
      outcomes: async (ids) => (await store.outcomes(ids)).map((each, index) => (index === 2 ? undefined : each)),
    };
    await expect(checkStore(forgetful, accepted)).rejects.toThrow(/1 faults.*its recorded outcome says nothing/);
  });
});
