import { expect, test } from "vitest";
import { BusUnavailableError, createInProcessBus, type FeedEvent, type FeedHandler, type FollowOptions } from "@aethyr/bus";
import { createMemoryEventStore, type EventStore } from "@aethyr/event-store";
import { feedEvents } from "@aethyr/runtime";
import { createRoom, startSmallWorld } from "./testing/small-world.ts";
import { tail } from "./tail.ts";

const never = new AbortController().signal;
const positionsOf = async (store: EventStore): Promise<readonly number[]> => (await store.readAll(0)).map(({ position }) => position);

test("[G7] a reader that falls behind what the feed keeps gets the rest from the store, none missing and none twice", async () => {
  await using world = await startSmallWorld({ feedEvents: 5 });
  await world.operations.sendCommands([createRoom("first")]);
  const seen: number[] = [];
  for await (const { position } of world.operations.tailEvents({ after: 0, follow: true })) {
    seen.push(position);
    // Far more than the feed keeps, while this reader is busy with its first, and with a later event.
    if (seen.length === 1 || seen.length === 41) {
      await world.operations.sendCommands(Array.from({ length: 40 }, (_, index) => createRoom(`r-${seen.length}-${index}`)));
      await expect.poll(() => world.bus.newest()).toBe(await world.store.head());
    }
    if (seen.length === 81) break;
  }
  expect(seen).toEqual(await positionsOf(world.store));
});

test("[G7] a feed that leaves something out is not believed: the store has it", async () => {
  await using world = await startSmallWorld();
  await world.operations.sendCommands([createRoom("a"), createRoom("b"), createRoom("c")]);
  const events = feedEvents(await world.store.readAll(0), 0);
  let follows = 0;
  // The store shows nothing at first, as one does that was read just before the commit; the feed begins with the last event.
  let reads = 0;
  const store: EventStore = {
    ...world.store,
    readAll: async (after, limit) => ((reads += 1) === 1 ? [] : world.store.readAll(after, limit)),
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
  for await (const batch of tail({ store, feed }, { after: 0, follow: true, signal: never })) {
    seen.push(...batch.map(({ position }) => position));
    if (seen.length >= 3) break;
  }
  expect(seen).toEqual(await positionsOf(world.store));
});

test("[G7] events that the feed gives again are passed over", async () => {
  await using world = await startSmallWorld();
  await world.operations.sendCommands([createRoom("a"), createRoom("b"), createRoom("c")]);
  const events = feedEvents(await world.store.readAll(0), 0);
  const store: EventStore = { ...world.store, readAll: async () => [] };
  const feed = {
    async follow(handler: FeedHandler) {
      const handled = (async () => {
        for (const batch of [events.slice(0, 2), events]) await handler(batch);
      })();
      return { close: async () => handled };
    },
  };
  const seen: number[] = [];
  for await (const batch of tail({ store, feed }, { after: 0, follow: true, signal: never })) {
    seen.push(...batch.map(({ position }) => position));
    if (seen.length >= 3) break;
  }
  expect(seen).toEqual(await positionsOf(world.store));
});

test("a feed of another world is an error, not an endless search", async () => {
  const bus = createInProcessBus();
  await bus.publish([
    { position: 10, previous: 9, stream: { type: "room", id: "a" }, version: 2, type: "RoomCreated", bytes: Buffer.from("{}") },
  ]);
  const tailing = tail({ store: createMemoryEventStore(), feed: bus }, { after: 0, follow: true, signal: never });
  await expect(tailing.next()).rejects.toMatchObject({ code: "feed_astray" });
});

test("a feed that fails ends the tail with its error, at once or later", async () => {
  const store = createMemoryEventStore();
  const failure = new BusUnavailableError("the feed is gone");
  const refusing = { follow: async () => Promise.reject(failure) };
  await expect(tail({ store, feed: refusing }, { after: 0, follow: true, signal: never }).next()).rejects.toBe(failure);
  const failing = {
    async follow(_: FeedHandler, { onEnd }: FollowOptions = {}) {
      setImmediate(() => onEnd?.(failure));
      return { close: async () => undefined };
    },
  };
  await expect(tail({ store, feed: failing }, { after: 0, follow: true, signal: never }).next()).rejects.toBe(failure);
});

test("a signal that aborts while the feed is asked ends the tail quietly", async () => {
  const stop = new AbortController();
  const feed = {
    async follow() {
      stop.abort();
      throw new BusUnavailableError("closing");
    },
  };
  expect(await tail({ store: createMemoryEventStore(), feed }, { after: 0, follow: true, signal: stop.signal }).next()).toEqual({
    done: true,
    value: undefined,
  });
});
