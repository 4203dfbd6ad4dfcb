import { expect, test } from "vitest";
import { BusUnavailableError, createInProcessBus, type FeedEvent, type FeedHandler, type FollowOptions } from "@aethyr/bus";
import { createMemoryEventStore, type EventStore } from "@aethyr/event-store";
import { ref } from "@aethyr/kernel";
import { feedEvents } from "@aethyr/runtime";
import { roomEvents } from "@aethyr/world";
import { followLog } from "./follow-log.ts";

const never = new AbortController().signal;

/** A log with three events. */
async function threeRooms(): Promise<EventStore> {
  const store = createMemoryEventStore();
  for (const id of ["a", "b", "c"]) {
    const made = roomEvents.RoomCreated({ name: `The ${id}`, description: "", attributes: {} });
    const meta = { command: id, actor: null, correlation: id, causation: null };
    const event = { ...made, id: `${id}/0`, schema: 1, machine: 1, time: "2026-01-01T00:00:00.000Z", meta };
    await store.append([{ writes: [{ stream: ref("room", id), expected: "no-stream", events: [event] }] }]);
  }
  return store;
}
const positionsOf = async (store: EventStore): Promise<readonly number[]> => (await store.readAll(0)).map(({ position }) => position);

test("[G7] a feed that leaves something out is not believed: the store has it", async () => {
  const log = await threeRooms();
  const events = feedEvents(await log.readAll(0), 0);
  let follows = 0;
  // The store shows nothing at first, as one does that was read just before the commit; the feed begins with the last event.
  let reads = 0;
  const store: EventStore = {
    ...log,
    readAll: async (after, limit) => ((reads += 1) === 1 ? [] : log.readAll(after, limit)),
  };
  const feed = {
    async follow(handler: FeedHandler, { after = 0 }: FollowOptions = {}) {
      follows += 1;
      const rest = follows === 1 ? events.slice(2) : events.filter((event: FeedEvent) => event.position > after);
      const handled = Promise.resolve(handler(rest));
      return { close: async () => handled };
    },
  };
  const seen: number[] = [];
  for await (const batch of followLog({ store, feed }, { after: 0, follow: true, signal: never })) {
    seen.push(...batch.map(({ position }) => position));
    if (seen.length >= 3) break;
  }
  expect(seen).toEqual(await positionsOf(log));
});

test("[G7] a batch with a hole in it is read up to there, and the rest from the store", async () => {
  const log = await threeRooms();
  const events = feedEvents(await log.readAll(0), 0);
  let reads = 0;
  const store: EventStore = { ...log, readAll: async (after, limit) => ((reads += 1) === 1 ? [] : log.readAll(after, limit)) };
  const feed = {
    async follow(handler: FeedHandler) {
      const handled = Promise.resolve(handler([events[0], events[2]].filter((event) => event !== undefined)));
      return { close: async () => handled };
    },
  };
  const seen: number[] = [];
  for await (const batch of followLog({ store, feed }, { after: 0, follow: true, signal: never })) {
    seen.push(...batch.map(({ position }) => position));
    if (seen.length >= 3) break;
  }
  expect(seen).toEqual(await positionsOf(log));
});

test("[G7] events that the feed gives again are passed over", async () => {
  const log = await threeRooms();
  const events = feedEvents(await log.readAll(0), 0);
  const store: EventStore = { ...log, readAll: async () => [] };
  const feed = {
    async follow(handler: FeedHandler) {
      const handled = (async () => {
        for (const batch of [events.slice(0, 2), events]) await handler(batch);
      })();
      return { close: async () => handled };
    },
  };
  const seen: number[] = [];
  for await (const batch of followLog({ store, feed }, { after: 0, follow: true, signal: never })) {
    seen.push(...batch.map(({ position }) => position));
    if (seen.length >= 3) break;
  }
  expect(seen).toEqual(await positionsOf(log));
});

test("a feed of another world is an error, not an endless search", async () => {
  const bus = createInProcessBus();
  await bus.publish([
    { position: 10, previous: 9, stream: { type: "room", id: "a" }, version: 2, type: "RoomCreated", bytes: Buffer.from("{}") },
  ]);
  const tailing = followLog({ store: createMemoryEventStore(), feed: bus }, { after: 0, follow: true, signal: never });
  await expect(tailing.next()).rejects.toMatchObject({ code: "feed_astray" });
});

test("a feed that fails ends the tail with its error, at once or later", async () => {
  const store = createMemoryEventStore();
  const failure = new BusUnavailableError("the feed is gone");
  const refusing = { follow: async () => Promise.reject(failure) };
  await expect(followLog({ store, feed: refusing }, { after: 0, follow: true, signal: never }).next()).rejects.toBe(failure);
  const failing = {
    async follow(_: FeedHandler, { onEnd }: FollowOptions = {}) {
      setImmediate(() => onEnd?.(failure));
      return { close: async () => undefined };
    },
  };
  await expect(followLog({ store, feed: failing }, { after: 0, follow: true, signal: never }).next()).rejects.toBe(failure);
});

test("a signal that aborts while the feed is asked ends the tail quietly", async () => {
  const stop = new AbortController();
  const feed = {
    async follow() {
      stop.abort();
      throw new BusUnavailableError("closing");
    },
  };
  expect(await followLog({ store: createMemoryEventStore(), feed }, { after: 0, follow: true, signal: stop.signal }).next()).toEqual({
    done: true,
    value: undefined,
  });
});
