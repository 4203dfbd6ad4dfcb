import { afterEach, expect, test } from "vitest";
import type { FeedEvent } from "../bus.ts";
import { hold, log, range } from "../contract/support.ts";
import { settled, uncaughtOf } from "../test-support.ts";
import { createInProcessBus, type InProcessBus, type InProcessOptions } from "./in-process-bus.ts";

const opened: InProcessBus[] = [];
function open(options?: InProcessOptions): InProcessBus {
  const bus = createInProcessBus(options);
  opened.push(bus);
  return bus;
}
afterEach(async () => {
  await Promise.all(opened.splice(0).map((bus) => bus.close()));
});

test("[G12] a follower that falls behind what the feed keeps is ended, and its memory with it", async () => {
  const bus = open({ feedEvents: 8 });
  const ended: unknown[] = [];
  const seen: FeedEvent[] = [];
  const { promise: release, resolve } = Promise.withResolvers<void>();
  await bus.follow(
    async (events) => {
      seen.push(...events);
      await release;
    },
    { after: 0, onEnd: (error) => void ended.push(error) },
  );
  const events = log(40);
  await bus.publish(events.slice(0, 1));
  await settled();
  await bus.publish(events);
  resolve();
  await settled();
  expect(seen.map((event) => event.position)).toStrictEqual([10]);
  expect(ended).toMatchObject([{ code: "feed_behind", details: { after: 10, oldest: 320 } }]);
});

test("a follower of an empty feed that falls behind before its first batch is told so", async () => {
  const bus = open({ feedEvents: 8 });
  const ended: unknown[] = [];
  await bus.follow(hold, { onEnd: (error) => void ended.push(error) });
  await bus.publish(log(20));
  await settled();
  expect(ended).toMatchObject([{ code: "feed_behind", details: { after: 0, oldest: 120 } }]);
});

test("a follower ahead of the feed is not behind when what it skips is dropped", async () => {
  const bus = open({ feedEvents: 8 });
  const seen: number[] = [];
  await bus.publish(log(2));
  await bus.follow((events) => void seen.push(...events.map((event) => event.position)), { after: 150 });
  await bus.publish(log(20));
  await settled();
  expect(seen).toStrictEqual([160, 170, 180, 190, 200]);
});

test("a subscription that ends with nobody to tell is loud", async () => {
  const bus = open();
  const errors = await uncaughtOf(async () => {
    await bus.follow(() => {
      throw new Error("no such table");
    });
    await bus.publish(log(1));
    await settled();
  });
  expect(errors).toMatchObject([{ code: "handler_failed" }]);
});

test("events of a large batch come in parts, each with objects of its own", async () => {
  const bus = open();
  const sizes: number[] = [];
  const first: FeedEvent[] = [];
  for (const _ of range(2)) {
    await bus.follow((events) => {
      sizes.push(events.length);
      first.push(...events.slice(0, 1));
    });
  }
  await bus.publish(log(300));
  await settled();
  expect(sizes.toSorted((a, b) => b - a)).toStrictEqual([256, 256, 44, 44]);
  expect(first[0]).not.toBe(first[1]);
});
