import { createInProcessBus } from "@aethyr/bus";
import { createMemoryEventStore } from "@aethyr/event-store";
import { ref } from "@aethyr/kernel";
import { feedEvents, silentLog, startRelay, type Relay } from "@aethyr/runtime";
import { Registry } from "prom-client";
import { expect, test } from "vitest";
import { countedFeed, watchRelay } from "./relay-metrics.ts";

const hall = ref("room", "hall");

/** Appends one event of a time. */
async function write(store: ReturnType<typeof createMemoryEventStore>, time: string): Promise<number> {
  const id = `at-${time}`;
  const meta = { command: id, actor: null, correlation: id, causation: null };
  const event = { id, type: "RoomCreated", schema: 1, machine: 1, time, data: {}, meta };
  const [result] = await store.append([{ writes: [{ stream: hall, expected: "any", events: [event] }] }]);
  return result?.ok === true ? result.position : 0;
}

async function told(registry: Registry): Promise<Readonly<Record<string, number>>> {
  const all = (await registry.metrics()).matchAll(/^aethyr_(\w+) (\S+)$/gm);
  return Object.fromEntries([...all].map(([, name = "", value]) => [name, Number(value)]));
}

test("[A3] [R28] the lag of a relay is the age of the oldest event that it has not published, and 0 when it is level or not at work", async () => {
  const store = createMemoryEventStore();
  const registry = new Registry();
  let published = 0;
  const atWork: Pick<Relay, "published">[] = [];
  const now = Date.parse("2026-01-01T00:01:00.000Z");
  watchRelay(registry, { store, atWork: () => atWork[0], now: () => now });
  const first = await write(store, "2026-01-01T00:00:10.000Z");
  const second = await write(store, "2026-01-01T00:00:40.000Z");
  const standby = { log_position: second, relay_leader: 0, relay_position: 0, relay_lag_seconds: 0 };
  expect(await told(registry)).toEqual(standby);
  atWork.push({ published: () => published });
  expect(await told(registry)).toEqual({ ...standby, relay_leader: 1, relay_lag_seconds: 50 });
  published = first;
  expect(await told(registry)).toMatchObject({ relay_position: first, relay_lag_seconds: 20 });
  published = second;
  expect(await told(registry)).toMatchObject({ relay_position: second, relay_lag_seconds: 0 });
  // The clock of another machine was ahead.
  await write(store, "2026-01-01T00:02:00.000Z");
  expect(await told(registry)).toMatchObject({ relay_lag_seconds: 0 });
});

test("[A3] [R28] what a relay has put on the feed is counted, and what failed is not", async () => {
  const store = createMemoryEventStore();
  const registry = new Registry();
  const bus = createInProcessBus();
  const feed = countedFeed(registry, bus);
  for (const time of ["2026-01-01T00:00:10.000Z", "2026-01-01T00:00:20.000Z"]) await write(store, time);
  const relay = await startRelay({ store, bus: feed, log: silentLog, from: "start" });
  await expect.poll(() => relay.published()).toBe(await store.head());
  await relay.close();
  expect(await told(registry)).toEqual({ relay_events_total: 2 });
  const [event] = feedEvents(await store.readAll(0), 0);
  const gap = { ...event!, position: 1e9, previous: 1e8 };
  await expect(feed.publish([gap])).rejects.toMatchObject({ code: "feed_gap" });
  expect(await told(registry)).toEqual({ relay_events_total: 2 });
  await bus.close();
});
