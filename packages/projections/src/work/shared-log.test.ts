import fc from "fast-check";
import { expect, onTestFinished, test } from "vitest";
import type { StoredEvent } from "@aethyr/event-store";
import { until } from "../contract/fixture.ts";
import { createWorld, made, moved, type World } from "../contract/small-world.ts";
import { shareLog, type SharedLog } from "./shared-log.ts";

const never = new AbortController().signal;

/** A shared log that counts how often the store is read, and that can be made to fail. */
function shared(world: World, pageEvents: number) {
  const store = { reads: 0, fails: false };
  const log = shareLog(
    {
      feed: world.bus,
      store: {
        head: () => world.store.head(),
        async readAll(after, limit) {
          store.reads += 1;
          if (store.fails) throw new Error("away");
          return world.store.readAll(after, limit);
        },
      },
    },
    pageEvents,
  );
  onTestFinished(() => log.close());
  return { store, log };
}

const positionsOf = (events: readonly StoredEvent[]): readonly number[] => events.map(({ position }) => position);

/** Follows until so many events are there. */
async function follow(log: SharedLog, after: number, events: number): Promise<readonly StoredEvent[]> {
  const seen: StoredEvent[] = [];
  while (seen.length < events) seen.push(...(await log.follow(seen.at(-1)?.position ?? after, never)));
  return seen;
}

test("what one reader has read is there for the others, wherever in it they begin, and is read once", async () => {
  const world = createWorld();
  const events = await world.happen([made("axe"), made("bag"), made("cup"), made("die")]);
  const { store, log } = shared(world, 3);
  const [one, other] = await Promise.all([log.read(0), log.read(0)]);
  expect(one).toEqual(events.slice(0, 3));
  expect(other).toBe(one);
  expect(await log.read(events[1]?.position ?? 0)).toEqual(events.slice(2, 3));
  expect(store.reads).toBe(1);
  expect(await log.read(events[2]?.position ?? 0)).toEqual(events.slice(3));
  expect(await log.read(events[3]?.position ?? 0)).toEqual([]);
  expect(await log.head()).toBe(events[3]?.position);
});

test("a failure is told to whoever asked, and asked again the log may answer", async () => {
  const world = createWorld();
  const events = await world.happen([made("axe")]);
  const { store, log } = shared(world, 3);
  store.fails = true;
  await expect(log.follow(0, never)).rejects.toThrow("away");
  store.fails = false;
  expect(await log.follow(0, never)).toEqual(events);
});

test("[G8] readers that begin anywhere, while things happen, each have the log after their place once and in its order", async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.array(fc.integer({ min: 1, max: 5 }), { minLength: 1, maxLength: 8 }),
      fc.array(fc.nat({ max: 20 }), { minLength: 1, maxLength: 4 }),
      fc.integer({ min: 1, max: 6 }),
      async (steps, places, pageEvents) => {
        const world = createWorld(8);
        const before = await world.happen(Array.from({ length: 20 }, (_, index) => made(`thing-${index}`)));
        const { log } = shared(world, pageEvents);
        const total = 20 + steps.reduce((sum, each) => sum + each, 0);
        const reading = places.map((place) => follow(log, before[place - 1]?.position ?? 0, total - place));
        for (const count of steps) await world.happen(Array.from({ length: count }, () => moved("thing-0", null)));
        const all = await world.log();
        expect((await Promise.all(reading)).map(positionsOf)).toEqual(places.map((place) => positionsOf(all.slice(place))));
        await log.close();
      },
    ),
    { numRuns: 40 },
  );
});

test("what arrives by the feed is decoded once for all who wait, and the store is not asked again", async () => {
  const world = createWorld();
  await world.happen([made("axe")]);
  const { store, log } = shared(world, 100);
  const first = follow(log, 0, 2);
  await until(async () => store.reads === 3);
  await world.happen([moved("axe", null)]);
  const [, arrived] = await first;
  const { reads } = store;
  expect((await follow(log, 0, 2))[1]).toBe(arrived);
  expect(store.reads).toBe(reads);
});

test("a feed that fails is told to all who wait; whoever asks again is given what it has next", async () => {
  const world = createWorld();
  const [first] = await world.happen([made("axe")]);
  let fail: (error: Error) => void = () => undefined;
  const log = shareLog(
    {
      store: world.store,
      feed: {
        follow: (handler, options) => {
          fail = (error) => options?.onEnd?.(error as never);
          return world.bus.follow(handler, options);
        },
      },
    },
    10,
  );
  onTestFinished(() => log.close());
  const waiting = [1, 2].map(() => log.follow(first?.position ?? 0, never));
  const refused = waiting.map((each) => expect(each).rejects.toThrow("the feed is gone"));
  let over = false;
  const settled = Promise.all(refused).finally(() => (over = true));
  await until(async () => {
    fail(new Error("the feed is gone"));
    return over;
  });
  await settled;
  const again = follow(log, first?.position ?? 0, 1);
  const events = await world.happen([moved("axe", null)]);
  expect(positionsOf(await again)).toEqual(positionsOf(events));
});

test("who waits for what happens next is let go by the signal", async () => {
  const { log } = shared(createWorld(), 10);
  const stop = new AbortController();
  const waiting = log.follow(0, stop.signal);
  stop.abort();
  expect(await waiting).toEqual([]);
  expect(await log.follow(0, stop.signal)).toEqual([]);
});

test("[G8] a log that turned out to be another one is read anew, also by those who wait for its next event", async () => {
  const worlds = [createWorld(), createWorld()] as const;
  await worlds[0].happen([made("axe")]);
  const after = await worlds[1].happen([made("bag"), made("cup")], false);
  let current: World = worlds[0];
  const log = shareLog(
    { feed: worlds[0].bus, store: { head: () => current.store.head(), readAll: (from, limit) => current.store.readAll(from, limit) } },
    10,
  );
  onTestFinished(() => log.close());
  const [axe] = await log.read(0);
  const waiting = log.follow(axe?.position ?? 0, never);
  await until(async () => (await log.eventAt(1))?.id === axe?.id);
  current = worlds[1];
  expect((await log.read(0))[0]?.id).toBe(axe?.id);
  expect((await log.eventAt(1))?.id).toBe(after[0]?.id);
  await log.forget();
  expect(positionsOf(await waiting)).toEqual([after[1]?.position]);
  expect((await log.read(0)).map(({ id }) => id)).toEqual(after.map(({ id }) => id));
});
