import { createInProcessBus, type CommandMessage, type Delivery } from "@aethyr/bus";
import { UnavailableError, type Answers, type FencedEventStore } from "@aethyr/event-store";
import { decodeReply, encodeCommand, type Reply } from "@aethyr/protocol";
import { describe, expect, test } from "vitest";
import { silentLog } from "../ports.ts";
import { serveCommands } from "../serving/serve.ts";
import { command, logOf, openFencedTestStore, placing, startHost } from "../testing/index.ts";

const world = (): FencedEventStore => openFencedTestStore()!;

/** A host that serves a bus of its own, on a world that it shares; `placed` says what it owns. */
async function joining(store: FencedEventStore, answers: Answers = store.answers) {
  const placed = placing(store);
  const bus = createInProcessBus();
  const started = startHost({ store, ownership: placed, answers });
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

function give(again: boolean, id = "give-1"): CommandMessage {
  const envelope = command("counter/a1", "Give", { amount: 50, to: "b1" }, { id });
  return { ...encodeCommand(envelope, "application/json"), id, target: envelope.target, ...(again && { again }) };
}

const recorded = async ({ answers }: FencedEventStore, id = "give-1"): Promise<boolean> => {
  const [result] = await answers.record([{ command: { id, outcome: "not recorded before" } }]);
  return result?.ok === true && result.recorded.outcome !== "not recorded before";
};

describe.runIf(openFencedTestStore() !== undefined)("[R41] what changed nothing", () => {
  async function poor() {
    const store = world();
    const host = await joining(store);
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

  test("[G3] on the queue lane it is taken out of the lane, and nothing is recorded", async () => {
    const { store, host } = await poor();
    const reply = await host.enqueue(give(false));
    expect(reply).toMatchObject({ code: "rejected" });
    expect(reply).not.toHaveProperty("final");
    expect(await recorded(store)).toBe(false);
    await host.close();
  });

  /** What `serveCommands` does with a delivery of the queue lane, whose removal goes as the test says. */
  async function delivered(host: Awaited<ReturnType<typeof joining>>, remove: Delivery["remove"]): Promise<Reply> {
    const envelope = command("counter/a1", "Give", { amount: 50, to: "b1" }, { id: "give-1" });
    return host.host.settle(envelope, await host.host.submit(envelope, { persistent: true }), { again: false, remove });
  }

  test("[G3] where it is not certain that it left the lane, it is recorded", async () => {
    const { host } = await poor();
    const reply = await delivered(host, async () => false);
    expect(reply).toMatchObject({ code: "rejected", final: true });
    await rich(host);
    expect(await host.enqueue(give(false))).toEqual(reply);
    await host.close();
  });

  test("[G3][G6] where somebody else took the partition before it left the lane, he was perhaps given it: nothing is told or recorded", async () => {
    const { store, host } = await poor();
    const next = await joining(store);
    const remove = async (): Promise<boolean> => {
      await next.placed.take(1);
      return true;
    };
    expect(await delivered(host, remove)).toMatchObject({ code: "unavailable" });
    expect(host.placed.lost).toHaveLength(1);
    expect(await recorded(store)).toBe(false);
    await host.close();
    await next.close();
  });

  test("[G3][G6] a host that was fenced out records nothing", async () => {
    const { store, host } = await poor();
    const next = await joining(store);
    const envelope = command("counter/a1", "Give", { amount: 50, to: "b1" }, { id: "give-1" });
    const reply = await host.host.submit(envelope);
    await next.placed.take(1);
    expect(await host.host.settle(envelope, reply, { again: true })).toMatchObject({ code: "unavailable" });
    expect(host.placed.lost).toHaveLength(1);
    expect(await recorded(store)).toBe(false);
    await host.close();
    await next.close();
  });

  test("[G3] a copy that took effect meanwhile is what the sender is told", async () => {
    const { host } = await poor();
    const envelope = command("counter/a1", "Give", { amount: 50, to: "b1" }, { id: "give-1" });
    const reply = await host.host.submit(envelope);
    await rich(host);
    const copy = await host.request(give(false));
    expect(copy).toMatchObject({ code: "accepted" });
    expect(await host.host.settle(envelope, reply, { again: true })).toEqual(copy);
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
