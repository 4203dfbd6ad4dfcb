import { createInProcessBus, type CommandMessage } from "@aethyr/bus";
import { withFaults } from "@aethyr/bus/faults";
import { createMemoryKeyStore, OutcomeUnknownError, UnavailableError, type CommitResult } from "@aethyr/event-store";
import type { Json } from "@aethyr/kernel";
import { decodeReply, encodeCommand, type ContentType, type Reply } from "@aethyr/protocol";
import { expect, test } from "vitest";
import { serveCommands } from "./serve.ts";
import { startRelay } from "../relay/relay.ts";
import { silentLog } from "../ports.ts";
import { command, contextsOf, logOf, openFencedTestStore, openTestStore, placing, positionsOf, startHost } from "../testing/index.ts";

function message(
  target: string,
  type: string,
  data: Json = {},
  id?: string,
  contentType: ContentType = "application/msgpack",
): CommandMessage {
  const envelope = command(target, type, data, id === undefined ? {} : { id });
  return { id: envelope.id, target: envelope.target, ...encodeCommand(envelope, contentType) };
}

async function served(parts: Parameters<typeof startHost>[0] = {}, more: { readonly maxCommandBytes?: number } = {}) {
  const bus = createInProcessBus();
  const started = startHost(parts);
  const subscription = await serveCommands({ host: started.host, bus, log: silentLog, ...more });
  const request = async (...args: Parameters<typeof message>) => decodeReply(await bus.request(message(...args)));
  const enqueue = (the: CommandMessage) => {
    const reply = Promise.withResolvers<Reply>();
    void bus.enqueue(the, { onReply: (payload) => reply.resolve(decodeReply(payload)) }).catch(reply.reject);
    return reply.promise;
  };
  return { ...started, bus, subscription, request, enqueue };
}

test.each(["application/json", "application/msgpack"] as const)(
  "[R27] a command in %s is answered in it, on both lanes",
  async (contentType) => {
    const { bus, host } = await served();
    const payload = await bus.request(message("counter/a", "Open", {}, "one", contentType));
    expect(payload.contentType).toBe(contentType);
    expect(decodeReply(payload)).toMatchObject({ code: "accepted", command: "one" });
    const reply = Promise.withResolvers<ContentType>();
    await bus.enqueue(message("counter/a", "Stamp", {}, "two", contentType), { onReply: (the) => reply.resolve(the.contentType) });
    expect(await reply.promise).toBe(contentType);
    await host.close();
  },
);

test("[R27][G11] bytes that are no command get a typed reply on both lanes, and are put aside where a lane kept them", async () => {
  const { bus, enqueue, host, store } = await served({}, { maxCommandBytes: 500 });
  const target = { type: "counter", id: "a" };
  const bad = (id: string, text: string): CommandMessage => ({ id, target, bytes: Buffer.from(text), contentType: "application/json" });
  const large = message("counter/a", "Note", { length: 1, filler: "x".repeat(1_000) });
  const astray = { ...message("counter/b", "Open"), target };
  for (const [the, code] of [
    [bad("bad-1", "{"), "invalid"],
    [bad("bad-2", "{}"), "invalid"],
    [bad("bad-3", "\u0000"), "invalid"],
    [astray, "invalid"],
    [large, "too_large"],
  ] as const) {
    expect(decodeReply(await bus.request(the))).toMatchObject({ code, command: the.id });
  }
  expect(await bus.deadLetters(10)).toEqual([]);
  expect(await enqueue(bad("bad-4", "{"))).toMatchObject({ code: "invalid", command: "bad-4" });
  expect(await bus.deadLetters(10)).toMatchObject([{ id: "bad-4", target, attempts: 1 }]);
  expect(await host.metrics.text()).toContain("aethyr_dead_letters_total 1\n");
  expect(await store.head()).toBe(0);
  await host.close();
});

test("[R13][R27] a command that its rule fails on is answered internal and becomes a dead letter, on both lanes; the next is served", async () => {
  const { bus, request, enqueue, host } = await served();
  await request("counter/a", "Open");
  expect(await request("counter/a", "Throw", {}, "thrown-1")).toMatchObject({ code: "internal" });
  expect(await enqueue(message("counter/a", "Illegal", {}, "thrown-2"))).toMatchObject({ code: "internal" });
  await expect.poll(async () => (await bus.deadLetters(10)).map(({ id }) => id)).toEqual(["thrown-2", "thrown-1"]);
  expect(await host.metrics.text()).toContain("aethyr_dead_letters_total 2\n");
  expect(await request("counter/a", "Stamp")).toMatchObject({ code: "accepted" });
  await host.close();
});

test("[R27] where a dead letter cannot be written its sender has its reply all the same, the log names it, and it blocks its lane no longer", async () => {
  const inner = createInProcessBus();
  let attempts = 0;
  const bus = {
    ...inner,
    deadLetter: async () => {
      attempts += 1;
      throw new Error("no room");
    },
  };
  const { host, send } = startHost();
  await send("counter/a", "Open");
  const lines: unknown[] = [];
  const subscription = await serveCommands({ host, bus, log: { ...silentLog, error: (...line) => void lines.push(line) } });
  const unreadable = { ...message("counter/a", "Open", {}, "unreadable"), bytes: Buffer.from("{") };
  for (const [the, code] of [
    [message("counter/a", "Throw", {}, "thrown"), "internal"],
    [unreadable, "invalid"],
  ] as const) {
    const reply = Promise.withResolvers<Reply>();
    await inner.enqueue(the, { onReply: (payload) => reply.resolve(decodeReply(payload)) });
    expect(await reply.promise).toMatchObject({ code });
  }
  const lost = "a command could not be put aside: it is lost";
  await expect
    .poll(() => lines)
    .toMatchObject([
      [{ command: "thrown" }, lost],
      [{ command: "unreadable" }, lost],
    ]);
  expect(attempts).toBe(6);
  expect(await host.metrics.text()).not.toContain("aethyr_dead_letters_total 2");
  await subscription.close();
  const again: string[] = [];
  await inner.serve((delivery) => void again.push(delivery.id));
  await inner.enqueue(message("counter/a", "Open", {}, "marker"));
  await expect.poll(() => again).toEqual(["marker"]);
  await host.close();
});

type Append = (go: () => Promise<readonly CommitResult[]>) => Promise<readonly CommitResult[]>;

test.each<[string, Append]>([
  ["committed without a word", async (go) => (await go(), new Promise(() => {}))],
  ["could not commit", () => Promise.reject(new UnavailableError("away"))],
])("[R27][R26][G2] what a host that stops has %s is handed to the next, in order, and takes effect once", async (_, append) => {
  const world = openTestStore();
  const bus = createInProcessBus();
  const first = startHost({ store: world, options: { drainMs: 1 } });
  const one = await serveCommands({ host: first.host, bus, log: silentLog });
  await bus.request(message("counter/a", "Open"));
  first.store.always("append", append);
  const replies: Reply[] = [];
  for (let total = 0; total < 4; total += 1) {
    await bus.enqueue(message("counter/a", "AddIfTotal", { total, amount: 1 }), {
      onReply: (payload) => replies.push(decodeReply(payload)),
    });
  }
  await expect.poll(() => first.store.calls("append")).toBeGreaterThan(1);
  await first.host.close();
  await one.close();
  expect(replies).toEqual([]);
  const second = startHost({ store: world });
  const two = await serveCommands({ host: second.host, bus, log: silentLog });
  await expect.poll(() => replies.length).toBe(4);
  expect(replies.map((reply) => (reply.code === "accepted" ? reply.changed[0]?.version : reply.code))).toEqual([2, 3, 4, 5]);
  expect(await logOf(world)).toHaveLength(5);
  await two.close();
  await second.host.close();
});

test("[R27][G3][G7] over a bus that loses, repeats, delays and fails, senders who ask again get one effect and the same reply, and the feed is the log", async () => {
  const seed = Number(process.env["FAULT_SEED"] ?? 20_260);
  const inner = createInProcessBus();
  const bus = withFaults(inner, { seed, duplicate: 0.2, delay: 0.1, reorder: 0.1, fail: 0.15, drop: 0.15 });
  const store = openTestStore();
  const { host } = startHost({ store, keys: createMemoryKeyStore() });
  const subscription = await serveCommands({ host, bus, log: silentLog });
  const relay = await startRelay({ store, bus: withFaults(inner.connect(), { seed, fail: 0.2 }), log: silentLog, from: "start" }).catch(
    () => startRelay({ store, bus: inner.connect(), log: silentLog, from: "start" }),
  );
  const positions: number[] = [];
  await inner.connect().follow((events) => void positions.push(...events.map(({ position }) => position)), { after: 0 });

  async function asked(the: CommandMessage): Promise<Reply> {
    for (let attempt = 1; ; attempt += 1) {
      try {
        return decodeReply(await bus.request(the, { timeoutMs: 5_000 }));
      } catch (error) {
        if (attempt === 50) throw new Error(`no reply after ${attempt} attempts (seed ${seed})`, { cause: error });
      }
    }
  }
  for (const id of ["a", "b"]) await asked(message(`counter/${id}`, "Open"));
  const adds = Array.from({ length: 100 }, (_, index) => message(index % 2 === 0 ? "counter/a" : "counter/b", "Add", { amount: 1 }));
  const first = await Promise.all(adds.map(asked));
  const again = await Promise.all(adds.map(asked));
  expect(again, `seed ${seed}`).toEqual(first);
  expect(
    [...(await contextsOf(store)).values()].map(({ total }) => total),
    `seed ${seed}`,
  ).toEqual([50, 50]);
  expect(bus.injected.drop + bus.injected.fail + bus.injected.duplicate).toBeGreaterThan(0);
  relay.hint(await store.head());
  await expect.poll(() => positions.length).toBe(102);
  expect(positions).toEqual(await positionsOf(store));
  await relay.close();
  await subscription.close();
  await host.close();
  await bus.close();
});

test.runIf(openFencedTestStore() !== undefined)(
  "[R36][G4] what waits behind a command that is left to the queue lane is left with it, also where the host is sure again at once",
  async () => {
    const store = openFencedTestStore()!;
    const placed = placing(store);
    await placed.take(1);
    let isSure = true;
    const fenceOf: typeof placed.fenceOf = (target) => (isSure ? placed.fenceOf(target) : undefined);
    const { enqueue, host, store: unruly, subscription } = await served({ store, ownership: { ...placed, fenceOf } });
    expect(await enqueue(message("counter/a1", "Open"))).toMatchObject({ code: "accepted" });
    const commit = Promise.withResolvers<void>();
    const reached = Promise.withResolvers<void>();
    unruly.once("append", async () => {
      reached.resolve();
      await commit.promise;
      throw new OutcomeUnknownError("no answer came");
    });
    const tail = unruly.hold("readStream");
    const first = enqueue(message("counter/a1", "Add", { amount: 1 }, "first"));
    await reached.promise;
    const second = enqueue(message("counter/a1", "Add", { amount: 100 }, "second"));
    await expect.poll(() => host.actors()[0]?.mailbox).toBe(1);
    isSure = false;
    commit.resolve();
    await tail.reached;
    isSure = true;
    tail.release();
    expect((await Promise.all([first, second])).map(({ code }) => code)).toEqual(["accepted", "accepted"]);
    const events = await store.readAll(0);
    expect(events.map(({ meta }) => meta.command).slice(1)).toEqual(["first", "second"]);
    await subscription.close();
    await host.close();
  },
);

test.runIf(openFencedTestStore() !== undefined)(
  "[R36][G4][G12] commands of the queue lane that come while a host is not sure that a partition is still its own are dealt with once it is, before those that came later",
  async () => {
    const store = openFencedTestStore()!;
    const placed = placing(store);
    await placed.take(1);
    let isSure = true;
    let turnedAway = 0;
    const fenceOf: typeof placed.fenceOf = (target) => {
      if (!isSure) turnedAway += 1;
      return isSure ? placed.fenceOf(target) : undefined;
    };
    const { enqueue, host, subscription } = await served({ store, ownership: { ...placed, fenceOf } });
    expect(await enqueue(message("counter/a1", "Open"))).toMatchObject({ code: "accepted" });
    isSure = false;
    const early = Array.from({ length: 5 }, () => enqueue(message("counter/a1", "Add", { amount: 1 })));
    await expect.poll(() => turnedAway).toBeGreaterThan(0);
    isSure = true;
    const late = enqueue(message("counter/a1", "Add", { amount: 1 }));
    const replies = await Promise.all([...early, late]);
    expect(replies.map((reply) => reply.code === "accepted" && reply.changed[0]?.version)).toEqual([2, 3, 4, 5, 6, 7]);
    await subscription.close();
    await host.close();
  },
);
