import { describe, expect } from "vitest";
import type { Bus, FeedEvent, FollowOptions } from "../bus.ts";
import { limits, log, type OnBus, rejectionOf, until } from "./support.ts";

const positionsOf = (events: readonly FeedEvent[]): readonly number[] => events.map((event) => event.position);

async function followNoting(bus: Bus, options: FollowOptions = {}): Promise<{ seen: FeedEvent[]; close(): Promise<void> }> {
  const seen: FeedEvent[] = [];
  const { close } = await bus.follow((events) => void seen.push(...events), options);
  return { seen, close };
}

function gate(): { opened: Promise<void>; open(): void } {
  const { promise, resolve } = Promise.withResolvers<void>();
  return { opened: promise, open: resolve };
}

export function feedContract(onBus: OnBus): void {
  describe("event feed", () => {
    onBus("[G7] a follower gets every event after its position, in order, then live, byte for byte", async (connect) => {
      const [relay, reader] = [await connect(), await connect()];
      const events = log(30);
      expect(await relay.publish(events.slice(0, 20))).toBe(200);
      const { seen } = await followNoting(reader, { after: 50 });
      expect(await relay.publish(events.slice(20))).toBe(300);
      await until(() => expect(positionsOf(seen)).toStrictEqual(positionsOf(events.slice(5))));
      expect(seen.map((event) => ({ ...event, bytes: [...event.bytes] }))).toStrictEqual(
        events.slice(5).map((event) => ({ ...event, bytes: [...event.bytes] })),
      );
    });

    onBus("a follower from position 0 gets all, from the newest position only what is new", async (connect) => {
      const [relay, reader] = [await connect(), await connect()];
      await relay.publish(log(3));
      const all = await followNoting(reader, { after: 0 });
      const fresh = await followNoting(reader, { after: 30 });
      await relay.publish(log(5));
      await until(() => expect(positionsOf(all.seen)).toStrictEqual([10, 20, 30, 40, 50]));
      await until(() => expect(positionsOf(fresh.seen)).toStrictEqual([40, 50]));
    });

    onBus("without a position a follower gets what is published from then on", async (connect) => {
      const [relay, reader] = [await connect(), await connect()];
      const early = await followNoting(reader);
      await relay.publish(log(3));
      const { seen } = await followNoting(reader);
      await relay.publish(log(5));
      await until(() => expect(positionsOf(seen)).toStrictEqual([40, 50]));
      await until(() => expect(positionsOf(early.seen)).toStrictEqual([10, 20, 30, 40, 50]));
    });

    onBus("a position ahead of the feed waits for what comes after it", async (connect) => {
      const [relay, reader] = [await connect(), await connect()];
      await relay.publish(log(2));
      const { seen } = await followNoting(reader, { after: 40 });
      await relay.publish(log(6));
      await until(() => expect(positionsOf(seen)).toStrictEqual([50, 60]));
    });

    onBus("an empty feed may be followed, and may begin anywhere in the log", async (connect) => {
      const [relay, reader] = [await connect(), await connect()];
      expect(await relay.newest()).toBeUndefined();
      const { seen } = await followNoting(reader, { after: 20 });
      const ended: unknown[] = [];
      const behind = await followNoting(reader, { after: 10, onEnd: (error) => void ended.push(error) });
      expect(await relay.publish(log(5).slice(2))).toBe(50);
      await until(() => expect(positionsOf(seen)).toStrictEqual([30, 40, 50]));
      await until(() => expect(ended).toMatchObject([{ code: "feed_behind" }]));
      expect(behind.seen).toStrictEqual([]);
      expect(await relay.newest()).toBe(50);
      expect(await relay.end()).toMatchObject({ position: 50, count: 3 });
    });

    onBus("[G7] publishing a repeat adds nothing twice", async (connect) => {
      const [relay, reader] = [await connect(), await connect()];
      const { seen } = await followNoting(reader);
      expect(await relay.publish(log(3))).toBe(30);
      expect(await relay.publish(log(2))).toBe(30);
      expect(await relay.publish([])).toBe(30);
      expect(await relay.publish(log(5))).toBe(50);
      const end = await relay.end();
      expect(end).toMatchObject({ position: 50, count: 5 });
      expect(Buffer.from(end.bytes ?? []).toString()).toBe(Buffer.from(log(5).at(-1)?.bytes ?? []).toString());
      await until(() => expect(positionsOf(seen)).toStrictEqual([10, 20, 30, 40, 50]));
    });

    onBus("[G7] a gap is refused, with everything after it", async (connect) => {
      const [relay, reader] = [await connect(), await connect()];
      const { seen } = await followNoting(reader);
      const events = log(6);
      const gapped = events.filter((event) => event.position !== 40);
      expect(await rejectionOf(relay.publish(gapped))).toMatchObject({ code: "feed_gap", details: { newest: 30, previous: 40 } });
      expect(await relay.newest()).toBe(30);
      await relay.publish(events);
      await until(() => expect(positionsOf(seen)).toStrictEqual(positionsOf(events)));
    });

    onBus("who asks for what the feed no longer holds is told to read the store", async (connect) => {
      const [relay, reader] = [await connect(), await connect()];
      const events = log(limits.feedEvents * 3);
      for (let start = 0; start < events.length; start += 16) await relay.publish(events.slice(start, start + 16));
      expect(await rejectionOf(reader.follow(() => {}, { after: 10 }))).toMatchObject({ code: "feed_behind" });
      const { seen } = await followNoting(reader, { after: events.at(-4)?.position ?? 0 });
      await until(() => expect(positionsOf(seen)).toStrictEqual(positionsOf(events.slice(-3))));
    });

    onBus("[G12] a slow follower holds up nobody, and gets all in order or is told that it fell behind", async (connect) => {
      const [relay, reader] = [await connect(), await connect()];
      const { opened, open } = gate();
      const slow: FeedEvent[] = [];
      const ended: unknown[] = [];
      const entered = gate();
      await reader.follow(
        async (events) => {
          slow.push(...events);
          entered.open();
          await opened;
        },
        { after: 0, onEnd: (error) => void ended.push(error) },
      );
      const quick = await followNoting(reader, { after: 0 });
      const events = log(limits.feedEvents * 4);
      for (let start = 0; start < events.length; start += 16) {
        const some = events.slice(start, start + 16);
        await relay.publish(some);
        await until(() => expect(quick.seen.at(-1)?.position).toBe(some.at(-1)?.position));
        await entered.opened;
      }
      expect(positionsOf(quick.seen)).toStrictEqual(positionsOf(events));
      open();
      await until(() => expect(ended.length === 1 || slow.length === events.length).toBe(true));
      expect(positionsOf(slow)).toStrictEqual(positionsOf(events.slice(0, slow.length)));
      if (slow.length < events.length) expect(ended).toMatchObject([{ code: "feed_behind" }]);
    });

    onBus("a handler is awaited before it gets the next batch", async (connect) => {
      const [relay, reader] = [await connect(), await connect()];
      const seen: number[] = [];
      let running = 0;
      let most = 0;
      await reader.follow(
        async (events) => {
          running += 1;
          most = Math.max(most, running);
          await relay.newest();
          seen.push(...positionsOf(events));
          running -= 1;
        },
        { after: 0 },
      );
      const events = log(40);
      for (const event of events) await relay.publish([event]);
      await until(() => expect(seen).toStrictEqual(positionsOf(events)));
      expect(most).toBe(1);
    });

    onBus("closing waits for the handler, and none runs after it", async (connect) => {
      const [relay, reader] = [await connect(), await connect()];
      const entered = gate();
      const release = gate();
      const steps: string[] = [];
      const subscription = await reader.follow(async (events) => {
        steps.push(`begins ${positionsOf(events).join()}`);
        entered.open();
        await release.opened;
        steps.push("ends");
      });
      const marker = await followNoting(reader);
      await relay.publish(log(1));
      await entered.opened;
      const closed = subscription.close().then(() => steps.push("closed"));
      await relay.publish(log(2));
      release.open();
      await closed;
      await relay.publish(log(3));
      await until(() => expect(positionsOf(marker.seen)).toStrictEqual([10, 20, 30]));
      expect(steps).toStrictEqual(["begins 10", "ends", "closed"]);
    });

    onBus("a handler that fails ends its own subscription, and says where", async (connect) => {
      const [relay, reader] = [await connect(), await connect()];
      const cause = new Error("no such table");
      const ended: unknown[] = [];
      const seen: FeedEvent[] = [];
      await reader.follow(
        (events) => {
          seen.push(...events);
          throw cause;
        },
        { onEnd: (error) => void ended.push(error) },
      );
      const other = await followNoting(reader);
      await relay.publish(log(1));
      await until(() => expect(ended).toMatchObject([{ code: "handler_failed", cause, details: { position: 10 } }]));
      await relay.publish(log(2));
      await until(() => expect(positionsOf(other.seen)).toStrictEqual([10, 20]));
      expect(positionsOf(seen)).toStrictEqual([10]);
    });

    onBus("[G11] an event over the limit is refused", async (connect) => {
      const relay = await connect();
      const [event] = log(1);
      const large = log(1).map((the) => ({ ...the, bytes: new Uint8Array(limits.maxMessageBytes + 1) }));
      expect(await rejectionOf(relay.publish(large))).toMatchObject({ code: "too_large" });
      expect(await relay.newest()).toBeUndefined();
      if (event !== undefined) expect(await relay.publish([event])).toBe(10);
    });
  });
}
