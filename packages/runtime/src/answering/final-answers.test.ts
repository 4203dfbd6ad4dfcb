import { createInProcessBus, type CommandMessage } from "@aethyr/bus";
import { UnavailableError, type Answers, type FencedEventStore } from "@aethyr/event-store";
import type { Json } from "@aethyr/kernel";
import { decodeReply, encodeCommand, type Reply } from "@aethyr/protocol";
import { describe, expect, test } from "vitest";
import type { HostOptions } from "../options.ts";
import { silentLog } from "../ports.ts";
import { serveCommands } from "../serving/serve.ts";
import { command, logOf, openFencedTestStore, placing, startHost } from "../testing/index.ts";

const world = (): FencedEventStore => openFencedTestStore()!;

/** A host that serves a bus of its own, on a world that it shares; `placed` says what it owns. */
async function joining(store: FencedEventStore, answers: Answers = store.answers, options: Partial<HostOptions> = {}) {
  const placed = placing(store);
  const bus = createInProcessBus();
  const started = startHost({ store, ownership: placed, answers, options });
  await serveCommands({ host: started.host, bus, log: silentLog });
  return {
    ...started,
    placed,
    bus,
    request: async (the: CommandMessage): Promise<Reply> => decodeReply(await bus.request(the)),
    enqueue: (the: CommandMessage): Promise<Reply> =>
      new Promise((resolve) => void bus.enqueue(the, { onReply: (payload) => resolve(decodeReply(payload)) })),
    async close() {
      await started.host.close();
      await bus.close();
    },
  };
}

const meta = { command: "give-1", actor: null, correlation: "give-1", causation: null };

function message(type: string, data: Json, id: string, again = false): CommandMessage {
  const envelope = command("counter/a1", type, data, { id });
  return { ...encodeCommand(envelope, "application/json"), id, target: envelope.target, ...(again && { again }) };
}
const give = (again: boolean, id = "give-1"): CommandMessage => message("Give", { amount: 50, to: "b1" }, id, again);
const add = (amount: number): CommandMessage => message("Add", { amount }, "add-1");

const recorded = async ({ answers }: FencedEventStore, id = "give-1"): Promise<boolean> => {
  const [result] = await answers.record([{ command: { id, outcome: "not recorded before" } }]);
  return result?.ok === true && result.recorded.outcome !== "not recorded before";
};

describe.runIf(openFencedTestStore() !== undefined)("[R41] what changed nothing", () => {
  async function poor(store = world(), answers: Answers = store.answers, options: Partial<HostOptions> = {}) {
    const host = await joining(store, answers, options);
    await host.placed.take(1);
    await host.send("counter/a1", "Open");
    await host.send("counter/b1", "Open");
    return { store, host };
  }
  const rich = (the: { send: Awaited<ReturnType<typeof joining>>["send"] }) => the.send("counter/a1", "Add", { amount: 100 });

  test("[R41][G3] and was said to have been sent before, comes to nothing for ever: each copy gets the same final answer, also from the next owner", async () => {
    const { store, host } = await poor();
    const first = await host.request(give(true));
    expect(first).toMatchObject({ code: "rejected", reason: "not_enough", final: true });
    await rich(host);
    const before = await logOf(store);
    expect(await host.request(give(false))).toEqual(first);
    expect(await host.enqueue(give(false))).toEqual(first);

    const next = await joining(store);
    await next.placed.take(1);
    expect(await next.request(give(false))).toEqual(first);
    expect(await next.request(give(true))).toEqual(first);
    expect(await logOf(store)).toEqual(before);
    expect(await next.request(give(false, "give-2"))).toMatchObject({ code: "accepted" });
    await host.close();
    await next.close();
  });

  test("[R41][G3] neither does what had nothing to do, or found nothing there", async () => {
    const { host } = await poor();
    const send = (type: string, target: string, again: boolean) => {
      const envelope = command(target, type, { amount: 0 }, { id: `${type}-${target.slice(-2)}` });
      return host.request({
        ...encodeCommand(envelope, "application/msgpack"),
        id: envelope.id,
        target: envelope.target,
        ...(again && { again }),
      });
    };
    const nothing = await send("Add", "counter/a1", true);
    expect(nothing).toMatchObject({ code: "accepted", changed: [], position: 0, final: true });
    expect(await send("Add", "counter/a1", false)).toEqual(nothing);
    const nobody = await send("Add", "counter/c1", true);
    expect(nobody).toMatchObject({ code: "not_found", final: true });
    await host.send("counter/c1", "Open");
    expect(await send("Add", "counter/c1", false)).toEqual(nobody);
    await host.close();
  });

  test("a command that is sent for the first time on the request lane is answered without being recorded, and decided anew by whoever sends it again", async () => {
    const { store, host } = await poor();
    expect(await host.request(give(false))).not.toHaveProperty("final");
    await rich(host);
    expect(await host.request(give(true))).toMatchObject({ code: "accepted", changed: [{}, {}] });
    await host.close();
    expect(await recorded(store)).toBe(true);
  });

  test("[R41][G3] on the queue lane, which may hand it out again, is always final", async () => {
    const { host } = await poor();
    const reply = await host.enqueue(give(false));
    expect(reply).toMatchObject({ code: "rejected", final: true });
    await rich(host);
    expect(await host.request(give(false))).toEqual(reply);
    await host.close();
  });

  test("[R41][G4] is settled before the next command of its target, also where the log is away for a moment", async () => {
    const store = world();
    let failures = 1;
    const away: Answers = {
      record: (these) => (failures-- > 0 ? Promise.reject(new UnavailableError("away")) : store.answers.record(these)),
    };
    const { host } = await poor(store, away);
    const first = host.enqueue(give(false));
    const second = host.enqueue(add(100));
    expect(await first).toMatchObject({ code: "rejected", final: true });
    expect(await second).toMatchObject({ code: "accepted" });
    expect(failures).toBeLessThan(0);
    await host.close();
  });

  test("[R41][G6] is neither told nor recorded by a host that was fenced out meanwhile", async () => {
    const store = world();
    const next = await joining(store);
    const late: Answers = {
      async record(these) {
        await next.placed.take(1);
        return store.answers.record(these);
      },
    };
    const { host } = await poor(store, late);
    expect(await host.request(give(true))).toMatchObject({ code: "unavailable" });
    expect(host.placed.lost).toHaveLength(1);
    expect(await recorded(store)).toBe(false);
    await host.close();
    await next.close();
  });

  test("[R41][G3] is told as what a copy came to that was quicker", async () => {
    const store = world();
    const late: Answers = {
      async record(these) {
        const event = { id: "give-1/1", type: "Opened", schema: 1, machine: 1, time: "2026-01-01T00:00:00.000Z", data: {}, meta };
        const stream = { type: "counter", id: "z9" };
        await store.append([
          { writes: [{ stream, expected: "no-stream", events: [event] }], command: { id: "give-1", outcome: { "counter/z9": 1 } } },
        ]);
        return store.answers.record(these);
      },
    };
    const { host } = await poor(store, late);
    expect(await host.request(give(true))).toMatchObject({ code: "accepted", changed: [{ stream: { id: "z9" }, version: 1 }] });
    await host.close();
  });

  test("[R36][G6][G3] a command that waited while another host had its partition is given back, as that one was given it too", async () => {
    const { host } = await poor();
    await host.host.passivate({ type: "counter", id: "a1" });
    const load = host.store.hold("loadSnapshot");
    const waiting = host.host.submit(command("counter/a1", "Add", { amount: 7 }), { persistent: true });
    await load.reached;
    host.placed.release(1);
    const other = await joining(host.world as FencedEventStore);
    await other.placed.take(1);
    await host.placed.take(1);
    load.release();
    expect(await waiting).toMatchObject({ code: "unavailable" });
    expect(await host.send("counter/a1", "Tell")).toMatchObject({ code: "accepted" });
    expect((await logOf(host.world)).at(-1)).toContain('"total":0');
    await host.close();
    await other.close();
  });

  test("[R41][R31][G12] is answered within the time of a stall where the log does not say whether it is recorded", async () => {
    const { host } = await poor(world(), { record: () => new Promise(() => undefined) }, { stallMs: 90 });
    expect(await host.request(give(true))).toMatchObject({ code: "unavailable" });
    await host.host.close();
  });

  test("[R41] is not final where it is no command, which it may be for a newer host", async () => {
    const { store, host } = await poor();
    const dance = await host.request(message("Dance", {}, "dance", true));
    expect(dance).toMatchObject({ code: "invalid" });
    expect(dance).not.toHaveProperty("final");
    expect(await recorded(store, "dance")).toBe(false);
    await host.close();
  });

  test("[R41][G11] in words that this host does not know is told as a fault, and nothing stands still", async () => {
    const { store, host } = await poor();
    await store.answers.record([{ command: { id: "give-1", outcome: { answer: { code: "splendid" } } } }]);
    expect(await host.request(give(false))).toMatchObject({ code: "internal", message: expect.stringContaining("newer") as string });
    await rich(host);
    expect(await host.request(give(false))).toMatchObject({ code: "internal" });
    expect(await host.send("counter/a1", "Tell")).toMatchObject({ code: "accepted" });
    await host.close();
  });

  test("[G11] a log that does not answer is not taken for one that has recorded it", async () => {
    const store = world();
    const away: Answers = { record: () => Promise.reject(new UnavailableError("away")) };
    const host = await joining(store, away);
    await host.placed.take(1);
    await host.send("counter/a1", "Open");
    await host.send("counter/b1", "Open");
    expect(await host.request(give(true))).toMatchObject({ code: "unavailable" });
    await host.close();
  });
});
