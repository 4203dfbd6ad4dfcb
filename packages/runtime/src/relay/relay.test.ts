import { createInProcessBus, type EventFeed } from "@aethyr/bus";
import { UnavailableError, type EventStore } from "@aethyr/event-store";
import { expect, test, vi } from "vitest";
import { silentLog } from "../ports.ts";
import { createUnrulyStore, onRealEngine, openTestStore, positionsOf } from "../testing/index.ts";
import { followed, isChain, until, withoutPauses, write } from "../testing/relaying.ts";
import { startRelay, type Relay } from "./relay.ts";

withoutPauses();

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
