import { createInProcessBus, type EventFeed, type FeedEvent } from "@aethyr/bus";
import { UnavailableError, type EventStore } from "@aethyr/event-store";
import { ref } from "@aethyr/kernel";
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { FeedAheadOfLogError } from "./feed-ahead.ts";
import type { RelayCheckpoint } from "./relay-checkpoint.ts";
import { startRelay, type Relay } from "./relay.ts";
import { silentLog } from "./ports.ts";
import { createUnrulyStore, onRealEngine, openTestStore, positionsOf, startHost } from "./testing/index.ts";

// Pauses pass at once, see `until`; but not under the feet of a real engine.
beforeEach(() => void (onRealEngine() || vi.useFakeTimers({ toFake: ["setTimeout", "clearTimeout"] })));
afterEach(() => void vi.useRealTimers());

/** Lets time pass until something holds. */
async function until(holds: () => boolean): Promise<void> {
  if (onRealEngine()) return void (await vi.waitUntil(holds, { timeout: 60_000 }));
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

async function write(store: EventStore, times: number): Promise<void> {
  const { host, send } = startHost({ store });
  await send("counter/a", "Open");
  await Promise.all(Array.from({ length: times }, () => send("counter/a", "Add", { amount: 1 })));
  await host.close();
}

test("[R28][G7] the feed carries every event of the log, in its order, once, with the stored bytes, each naming the one before", async () => {
  const store = openTestStore();
  const bus = createInProcessBus();
  await write(store, 900);
  const half = (await store.readAll(0))[499]!.position;
  const whole = await store.head();
  const seen = await followed(bus);
  const published: number[] = [];
  const relay = await startRelay({ store, bus, log: silentLog, from: "start", onPublished: (position) => published.push(position) });
  await until(() => relay.published() === whole);
  await write(store, 3);
  relay.hint(await store.head());
  await until(() => seen.length === 904);
  const log = await store.readAll(0, 1_000);
  expect(seen.map(({ position, bytes }) => [position, Buffer.from(bytes).toString()])).toEqual(
    log.map(({ position, bytes }) => [position, Buffer.from(bytes).toString()]),
  );
  expect(isChain(seen)).toBe(true);
  expect(published).toEqual([half, whole, await store.head()]);
  await relay.close();
  await bus.close();
});

test("[R28] an event whose hint was lost is found by looking", async () => {
  const store = openTestStore();
  const bus = createInProcessBus();
  const relay = await startRelay({ store, bus, log: silentLog, from: "start", pollMs: 1_000 });
  relay.hint(0);
  await write(store, 2);
  const head = await store.head();
  await until(() => relay.published() === head);
  await relay.close();
});

test("[R28] what the log has grown by is read once, and then waited for", async () => {
  const inner = openTestStore();
  const store = createUnrulyStore(inner);
  const bus = createInProcessBus();
  const relay = await startRelay({ store, bus, log: silentLog, from: "start", pollMs: 600_000 });
  for (const times of [3, 2]) {
    await until(() => store.calls("readAll") > 0);
    await write(inner, times);
    const head = await inner.head();
    relay.hint(head);
    await until(() => relay.published() === head);
  }
  expect(store.calls("readAll")).toBe(3);
  await relay.close();
});

test("[R28] a feed that begins empty begins with the whole log or with what comes, and one that has events goes on after its newest", async () => {
  const store = openTestStore();
  await write(store, 4);
  const bus = createInProcessBus();
  const fromHead = await startRelay({ store, bus, log: silentLog, from: "head" });
  expect(fromHead.published()).toBe(await store.head());
  await write(store, 1);
  const sixth = await store.head();
  fromHead.hint(sixth);
  await until(() => fromHead.published() === sixth);
  await fromHead.close();
  await write(store, 2);
  const next = await startRelay({ store, bus, log: silentLog, from: "start" });
  const eighth = await store.head();
  await until(() => next.published() === eighth);
  await next.close();
});

test("[R28][G7] it goes on after failures of the store and of the feed, whether they did it or not, and hints do not shorten its pauses", async () => {
  const inner = openTestStore();
  const store = createUnrulyStore(inner);
  const bus = createInProcessBus();
  await write(inner, 20);
  const head = await inner.head();
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
    end: async () => (failures === 1 ? Promise.reject(new UnavailableError("not even that")) : bus.end()),
  };
  store.once("readAll", () => {
    throw new UnavailableError("away");
  });
  const relay = await startRelay({ store, bus: flaky, log: silentLog, from: "start" });
  await new Promise(setImmediate);
  for (let count = 1; count < 50; count += 1) relay.hint(head + count);
  await new Promise(setImmediate);
  if (!onRealEngine()) expect(store.calls("readAll")).toBe(1);
  const seen = await followed(bus);
  await until(() => relay.published() === head);
  expect(seen.map(({ position }) => position)).toEqual(await positionsOf(inner));
  await relay.close();
});

test("[R28] a relay that cannot read the log tells when it last could, also while it is tried again", async () => {
  const store = openTestStore();
  const bus = createInProcessBus();
  let [isAway, failures] = [false, 0];
  const unsteady: EventStore = {
    ...store,
    async readAll(...given) {
      if (!isAway) return store.readAll(...given);
      failures += 1;
      throw new UnavailableError("away");
    },
  };
  const relay = await startRelay({ store: unsteady, bus, log: silentLog, from: "start" });
  const began = relay.workedAt();
  await until(() => relay.workedAt() > began);
  isAway = true;
  await until(() => failures === 1);
  const before = relay.workedAt();
  await until(() => failures === 3);
  expect(relay.workedAt()).toBe(before);
  isAway = false;
  await until(() => relay.workedAt() > before);
  await relay.close();
});

test("[R28] a feed that ends before what was published, or was written by another relay, is gone on from where it ends", async () => {
  const store = openTestStore();
  await write(store, 9);
  const tenth = await store.head();
  const bus = createInProcessBus();
  const seen = await followed(bus);
  const relays: Relay[] = [];
  for (let count = 0; count < 2; count += 1) relays.push(await startRelay({ store, bus, log: silentLog, from: "start" }));
  await until(() => relays.every((relay) => relay.published() === tenth));
  await Promise.all(relays.map((relay) => relay.close()));
  await write(store, 4);
  const [, , , twelfth = 0] = (await positionsOf(store)).slice(8);
  const head = await store.head();
  const gap: EventFeed = {
    ...bus,
    end: vi
      .fn<EventFeed["end"]>()
      .mockResolvedValueOnce({ position: twelfth, count: 12 })
      .mockImplementation(() => bus.end()),
  };
  const ahead = await startRelay({ store, bus: gap, log: silentLog, from: "start" });
  await until(() => ahead.published() === head);
  expect(seen.map(({ position }) => position)).toEqual(await positionsOf(store));
  await ahead.close();
});

/** No log of these tests gets there. */
const farAhead = 1e12;

const another = (position: number): FeedEvent => ({
  position,
  previous: position - 1,
  stream: ref("counter", "z"),
  version: 1,
  type: "Opened",
  bytes: Buffer.from("{}"),
});

test("[R28][G7] a feed that is ahead of the log is none of this log's: no relay begins on it", async () => {
  const store = openTestStore();
  await write(store, 3);
  const bus = createInProcessBus();
  const head = await store.head();
  const newest = head + 100;
  await bus.publish([another(newest)]);
  const refused = startRelay({ store, bus, log: silentLog, from: "start" });
  await expect(refused).rejects.toBeInstanceOf(FeedAheadOfLogError);
  await expect(refused).rejects.toMatchObject({ code: "feed_ahead_of_log", details: { newest, head } });
  expect(await bus.newest()).toBe(newest);
});

test("[R28][G7] a log that was put back and has grown beyond the feed's end since is not the feed's: no relay begins, and one that runs stops", async () => {
  const [newer, older] = [openTestStore(), openTestStore()];
  await write(newer, 3);
  await write(older, 6);
  const bus = createInProcessBus();
  const relay = await startRelay({ store: newer, bus, log: silentLog, from: "start" });
  const newest = await newer.head();
  await until(() => relay.published() === newest);
  await relay.close();
  const refused = startRelay({ store: older, bus, log: silentLog, from: "start" });
  await expect(refused).rejects.toBeInstanceOf(FeedAheadOfLogError);
  await expect(refused).rejects.toMatchObject({ code: "feed_ahead_of_log", details: { newest, head: await older.head() } });

  const told: Error[] = [];
  let log = newer;
  let failures = 0;
  const readAll: EventStore["readAll"] = async (after, limit) => {
    // Nobody puts a log back without taking it away.
    if (log === older && failures++ === 0) throw new UnavailableError("away");
    return log.readAll(after, limit);
  };
  const store: EventStore = { ...newer, head: () => log.head(), readAll };
  const running = await startRelay({ store, bus, log: silentLog, from: "start", onStopped: (error) => told.push(error) });
  log = older;
  running.hint(newest + 1);
  await until(() => told.length > 0);
  expect(told).toMatchObject([{ code: "feed_ahead_of_log" }]);
  await running.close();
});

test.each([
  ["after a failure", new UnavailableError("away")],
  ["from what it published", undefined],
])("[R28][G7] a relay that learns %s that the feed is ahead of the log stops, and tells whoever started it", async (_, failure) => {
  const store = openTestStore();
  const bus = createInProcessBus();
  const lines: string[] = [];
  let replaced = false;
  const feed: EventFeed = {
    ...bus,
    publish: async () => {
      replaced = true;
      if (failure !== undefined) throw failure;
      return farAhead;
    },
    end: async () => ({ position: replaced ? farAhead : undefined, count: 0 }),
  };
  const log = { ...silentLog, error: (_fields: object, message: string) => void lines.push(message) };
  const told: Error[] = [];
  const relay = await startRelay({ store, bus: feed, log, from: "start", onStopped: (error) => told.push(error) });
  await write(store, 3);
  relay.hint(await store.head());
  await until(() => told.length > 0);
  relay.hint((await store.head()) + 1);
  await new Promise(setImmediate);
  expect(told).toMatchObject([{ code: "feed_ahead_of_log" }]);
  expect(relay.published()).toBe(0);
  expect(lines).toEqual(["the relay stops: the feed has events that the log does not have"]);
  await relay.close();
});

test("[R28] a relay that rests, also after a failure, stops at once", async () => {
  const store = createUnrulyStore(openTestStore());
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

/** A feed that has lost all its events by age, and one that was made anew, as NATS tells of them. */
const emptied = (bus: EventFeed, count: number): EventFeed => ({ ...bus, end: async () => ({ position: undefined, count }) });

test("[R28][G7] a feed that has lost all its events goes on where it was, also where the checkpoint is older than what was published", async () => {
  const store = openTestStore();
  await write(store, 9);
  const log = await store.readAll(0);
  let kept: RelayCheckpoint | undefined;
  const checkpoints = { load: async () => kept, save: async (checkpoint: RelayCheckpoint) => void (kept = checkpoint) };
  const first = createInProcessBus();
  const relay = await startRelay({ store, bus: first, log: silentLog, from: "start", checkpoints });
  await until(() => relay.published() === log.at(-1)?.position);
  await relay.close();
  expect(kept).toEqual({ position: log.at(-1)?.position, count: log.length });

  kept = { position: log[3]!.position, count: 4 };
  for (const [count, next] of [
    [7, log[7]],
    [4, log[4]],
    // Made anew: it begins as any feed that was never given anything.
    [2, log[0]],
  ] as const) {
    const bus = createInProcessBus();
    const seen: FeedEvent[] = [];
    await bus.follow((events) => void seen.push(...events));
    const again = await startRelay({
      store,
      bus: emptied(bus, count),
      log: silentLog,
      from: "start",
      checkpoints: { ...checkpoints, save: async () => {} },
    });
    await until(() => seen.at(-1)?.position === log.at(-1)?.position);
    expect(seen[0]?.position).toBe(next?.position);
    await again.close();
    await bus.close();
  }
});

test.each(["while the world rests", "with the next event"])(
  "[R28][G7] a feed that was made anew while it runs gets the whole log again, %s",
  async (when) => {
    const store = openTestStore();
    await write(store, 9);
    let bus = createInProcessBus();
    const feed: EventFeed = {
      ...bus,
      end: () => bus.end(),
      // As NATS has it: who publishes upon what is gone is told so.
      publish: async (events) => {
        if ((await bus.end()).count === 0 && events[0]!.previous > 0) throw new UnavailableError("it is there again, empty");
        return bus.publish(events);
      },
    };
    const relay = await startRelay({ store, bus: feed, log: silentLog, from: "start" });
    await until(() => relay.published() > 0);
    bus = createInProcessBus();
    const seen = await followed(bus);
    if (when === "with the next event") await write(store, 1);
    await until(() => seen.length > 0);
    const head = await store.head();
    await until(() => seen.at(-1)?.position === head);
    expect(seen.map(({ position }) => position)).toEqual(await positionsOf(store));
    expect(isChain(seen)).toBe(true);
    await relay.close();
  },
);

test("[R28] a checkpoint that cannot be saved holds nothing up", async () => {
  const store = openTestStore();
  await write(store, 2);
  const bus = createInProcessBus();
  const save = async (): Promise<void> => {
    throw new UnavailableError("full");
  };
  const relay = await startRelay({ store, bus, log: silentLog, from: "start", checkpoints: { load: async () => undefined, save } });
  const head = await store.head();
  await until(() => relay.published() === head);
  await relay.close();
});
