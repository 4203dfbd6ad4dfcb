import { createInProcessBus, type EventFeed, type FeedEvent } from "@aethyr/bus";
import { createMemoryEventStore, UnavailableError } from "@aethyr/event-store";
import { ref } from "@aethyr/kernel";
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { FeedAheadOfLogError } from "./feed-ahead.ts";
import { startRelay, type Relay } from "./relay.ts";
import { silentLog } from "./ports.ts";
import { createUnrulyStore, startHost } from "./testing/index.ts";

// Pauses pass at once, see `turn`.
beforeEach(() => void vi.useFakeTimers({ toFake: ["setTimeout", "clearTimeout"] }));
afterEach(() => void vi.useRealTimers());

/** Lets time pass until something holds. */
async function until(holds: () => boolean): Promise<void> {
  while (!holds()) {
    await vi.advanceTimersByTimeAsync(50);
    await new Promise(setImmediate);
  }
}

async function followed(bus: EventFeed): Promise<FeedEvent[]> {
  const seen: FeedEvent[] = [];
  await bus.follow((events) => void seen.push(...events), { after: 0 });
  return seen;
}

const isChain = (events: readonly FeedEvent[]) => events.every(({ previous }, index) => previous === (events[index - 1]?.position ?? 0));

async function write(store: ReturnType<typeof createMemoryEventStore>, times: number): Promise<void> {
  const { host, send } = startHost({ store });
  await send("counter/a", "Open");
  await Promise.all(Array.from({ length: times }, () => send("counter/a", "Add", { amount: 1 })));
  await host.close();
}

test("[R28][G7] the feed carries every event of the log, in its order, once, with the stored bytes, each naming the one before", async () => {
  const store = createMemoryEventStore();
  const bus = createInProcessBus();
  await write(store, 900);
  const seen = await followed(bus);
  const published: number[] = [];
  const relay = await startRelay({ store, bus, log: silentLog, from: "start", onPublished: (position) => published.push(position) });
  await until(() => relay.published() === 901);
  await write(store, 3);
  relay.hint(904);
  await until(() => seen.length === 904);
  const log = await store.readAll(0, 1_000);
  expect(seen.map(({ position, bytes }) => [position, Buffer.from(bytes).toString()])).toEqual(
    log.map(({ position, bytes }) => [position, Buffer.from(bytes).toString()]),
  );
  expect(isChain(seen)).toBe(true);
  expect(published).toEqual([500, 901, 904]);
  await relay.close();
  await bus.close();
});

test("[R28] an event whose hint was lost is found by looking", async () => {
  const store = createMemoryEventStore();
  const bus = createInProcessBus();
  const relay = await startRelay({ store, bus, log: silentLog, from: "start", pollMs: 1_000 });
  relay.hint(0);
  await write(store, 2);
  await until(() => relay.published() === 3);
  await relay.close();
});

test("[R28] a feed that begins empty begins with the whole log or with what comes, and one that has events goes on after its newest", async () => {
  const store = createMemoryEventStore();
  await write(store, 4);
  const bus = createInProcessBus();
  const fromHead = await startRelay({ store, bus, log: silentLog, from: "head" });
  expect(fromHead.published()).toBe(5);
  await write(store, 1);
  fromHead.hint(6);
  await until(() => fromHead.published() === 6);
  await fromHead.close();
  await write(store, 2);
  const next = await startRelay({ store, bus, log: silentLog, from: "start" });
  await until(() => next.published() === 8);
  await next.close();
});

test("[R28][G7] it goes on after failures of the store and of the feed, whether they did it or not, and hints do not shorten its pauses", async () => {
  const inner = createMemoryEventStore();
  const store = createUnrulyStore(inner);
  const bus = createInProcessBus();
  await write(inner, 20);
  let failures = 0;
  const flaky: EventFeed = {
    ...bus,
    async publish(events) {
      failures += 1;
      if (failures === 1) throw new UnavailableError("nothing was done");
      const newest = await bus.publish(events);
      if (failures === 2) throw new UnavailableError("it was done");
      return newest;
    },
    newest: async () => (failures === 1 ? Promise.reject(new UnavailableError("not even that")) : bus.newest()),
  };
  store.once("readAll", () => {
    throw new UnavailableError("away");
  });
  const relay = await startRelay({ store, bus: flaky, log: silentLog, from: "start" });
  await new Promise(setImmediate);
  for (let position = 1; position < 50; position += 1) relay.hint(position);
  await new Promise(setImmediate);
  expect(store.calls("readAll")).toBe(1);
  const seen = await followed(bus);
  await until(() => relay.published() === 21);
  expect(seen.map(({ position }) => position)).toEqual(Array.from({ length: 21 }, (_, index) => index + 1));
  await relay.close();
});

test("[R28] a feed that ends before what was published, or was written by another relay, is gone on from where it ends", async () => {
  const store = createMemoryEventStore();
  await write(store, 9);
  const bus = createInProcessBus();
  const seen = await followed(bus);
  const relays: Relay[] = [];
  for (let count = 0; count < 2; count += 1) relays.push(await startRelay({ store, bus, log: silentLog, from: "start" }));
  await until(() => relays.every((relay) => relay.published() === 10));
  await Promise.all(relays.map((relay) => relay.close()));
  const gap: EventFeed = {
    ...bus,
    newest: vi
      .fn<EventFeed["newest"]>()
      .mockResolvedValueOnce(12)
      .mockImplementation(() => bus.newest()),
  };
  await write(store, 4);
  const ahead = await startRelay({ store, bus: gap, log: silentLog, from: "start" });
  await until(() => ahead.published() === 14);
  expect(seen.map(({ position }) => position)).toEqual(Array.from({ length: 14 }, (_, index) => index + 1));
  await ahead.close();
});

const another = (position: number): FeedEvent => ({
  position,
  previous: position - 1,
  stream: ref("counter", "z"),
  version: 1,
  type: "Opened",
  bytes: Buffer.from("{}"),
});

test("[R28][G7] a feed that is ahead of the log is none of this log's: no relay begins on it", async () => {
  const store = createMemoryEventStore();
  await write(store, 3);
  const bus = createInProcessBus();
  await bus.publish([another(100)]);
  const refused = startRelay({ store, bus, log: silentLog, from: "start" });
  await expect(refused).rejects.toBeInstanceOf(FeedAheadOfLogError);
  await expect(refused).rejects.toMatchObject({ code: "feed_ahead_of_log", details: { newest: 100, head: 4 } });
  expect(await bus.newest()).toBe(100);
});

test.each([
  ["after a failure", new UnavailableError("away")],
  ["from what it published", undefined],
])("[R28][G7] a relay that learns %s that the feed is ahead of the log says so, and stops", async (_, failure) => {
  const store = createMemoryEventStore();
  const bus = createInProcessBus();
  const lines: string[] = [];
  let replaced = false;
  const feed: EventFeed = {
    ...bus,
    publish: async () => {
      replaced = true;
      if (failure !== undefined) throw failure;
      return 100;
    },
    newest: async () => (replaced ? 100 : undefined),
  };
  const log = { ...silentLog, error: (_fields: object, message: string) => void lines.push(message) };
  const relay = await startRelay({ store, bus: feed, log, from: "start" });
  expect(relay.failure()).toBeUndefined();
  await write(store, 3);
  relay.hint(4);
  await until(() => relay.failure() !== undefined);
  expect(relay.failure()).toMatchObject({ code: "feed_ahead_of_log" });
  expect(relay.published()).toBe(0);
  expect(lines).toEqual(["the relay stops: the feed has events that the log does not have"]);
  await relay.close();
});

test("[R28] a relay that rests, also after a failure, stops at once", async () => {
  const store = createUnrulyStore(createMemoryEventStore());
  const bus = createInProcessBus();
  const idle = await startRelay({ store, bus, log: silentLog, from: "start" });
  await new Promise(setImmediate);
  await idle.close();
  store.always("readAll", () => {
    throw new UnavailableError("away");
  });
  const failing = await startRelay({ store, bus, log: silentLog, from: "start" });
  await new Promise(setImmediate);
  await failing.close();
  expect(failing.published()).toBe(0);
});
