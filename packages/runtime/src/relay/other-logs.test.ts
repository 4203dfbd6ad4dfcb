import { createInProcessBus, type EventFeed, type FeedEvent } from "@aethyr/bus";
import { UnavailableError, type EventStore } from "@aethyr/event-store";
import { ref } from "@aethyr/kernel";
import { expect, test } from "vitest";
import { silentLog } from "../ports.ts";
import { openTestStore } from "../testing/index.ts";
import { until, withoutPauses, write } from "../testing/relaying.ts";
import { FeedAheadOfLogError } from "./feed-ahead.ts";
import { startRelay } from "./relay.ts";

withoutPauses();

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
