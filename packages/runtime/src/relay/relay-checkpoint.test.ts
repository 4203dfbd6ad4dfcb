import { createInProcessBus, type EventFeed, type FeedEvent } from "@aethyr/bus";
import { UnavailableError } from "@aethyr/event-store";
import { expect, test } from "vitest";
import { silentLog } from "../ports.ts";
import { openTestStore, positionsOf } from "../testing/index.ts";
import { followed, isChain, until, withoutPauses, write } from "../testing/relaying.ts";
import type { RelayCheckpoint } from "./relay-checkpoint.ts";
import { startRelay } from "./relay.ts";

withoutPauses();

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
