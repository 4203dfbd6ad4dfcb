import { ref } from "@aethyr/kernel";
import type { Payload } from "@aethyr/protocol";
import { describe, expect, test } from "vitest";
import type { Bus } from "../bus.ts";
import { busContract } from "../contract/index.ts";
import { deal, hall, hold, log, message, payload, range, rejectionOf, serveNoting, textOf } from "../contract/support.ts";
import { BusError } from "../errors.ts";
import { createInProcessBus } from "../in-process/in-process-bus.ts";
import { settled, uncaughtOf } from "../test-support.ts";
import { withFaults, type FaultRates } from "./with-faults.ts";

busContract({
  name: "in process, delayed and reordered",
  async open(limits) {
    const bus = createInProcessBus(limits);
    const connections: Bus[] = [bus];
    return {
      async connect() {
        const connection = withFaults(bus.connect(), { seed: 7, delay: 0.2, reorder: 0.4 });
        connections.push(connection);
        return connection;
      },
      async close() {
        await Promise.all(connections.map((connection) => connection.close()));
      },
    };
  },
});

const codeOf = (error: unknown): string => (error instanceof BusError ? error.code : String(error));

const sorted = (texts: Iterable<string>): readonly string[] => [...texts].toSorted();

describe("with faults", () => {
  const scenario = async (seed: number, rates: FaultRates): Promise<readonly string[]> => {
    const inner = createInProcessBus();
    const bus = withFaults(inner, { seed, ...rates });
    const steps: string[] = [];
    await bus.serve((delivery) => {
      steps.push(`${delivery.lane} ${delivery.id}/${delivery.attempt}`);
      deal(delivery);
    });
    const calls = range(30).map(async (index) => {
      const the = message(`c${index}`, ref("room", `r${index % 3}`));
      const call = index % 2 === 0 ? bus.enqueue(the) : bus.request(the).then(textOf);
      const outcome = await call.catch(codeOf);
      steps.push(`c${index} ${outcome ?? "kept"}`);
    });
    await Promise.all(calls);
    await settled(40);
    await bus.close();
    return steps;
  };
  const rates = { duplicate: 0.3, delay: 0.2, reorder: 0.3, fail: 0.3, drop: 0.2 };

  test("the same seed gives the same faults, another seed others", async () => {
    const first = await scenario(11, rates);
    expect(await scenario(11, rates)).toStrictEqual(first);
    expect(await scenario(12, rates)).not.toStrictEqual(first);
  });

  test("without rates nothing is changed", async () => {
    const steps = await scenario(11, {});
    expect(steps.filter((step) => step.endsWith("/1"))).toStrictEqual(
      range(30).map((index) => `${index % 2 === 0 ? "queue" : "request"} c${index}/1`),
    );
    expect(steps).toHaveLength(60);
  });

  test("a repeat comes as a further attempt on the queue lane, and each fault is counted", async () => {
    const bus = withFaults(createInProcessBus(), { seed: 1, duplicate: 1 });
    const { taken } = await serveNoting(bus);
    await bus.enqueue(message("a"));
    await bus.request(message("b"));
    await settled(40);
    expect(sorted(taken.map(({ id, lane, attempt }) => `${lane} ${id}/${attempt}`))).toStrictEqual([
      "queue a/1",
      "queue a/2",
      "request b/1",
      "request b/1",
    ]);
    expect(bus.injected).toStrictEqual({ duplicate: 2, delay: 0, reorder: 0, fail: 0, drop: 0 });
    expect(bus.seed).toBe(1);
    await bus.close();
  });

  test("deliveries for other aggregates overtake a reordered one", async () => {
    const bus = withFaults(createInProcessBus(), { seed: 3, reorder: 0.5 });
    const { taken } = await serveNoting(bus);
    const sent = range(40).map((index) => message(`c${index}`, ref("room", `r${index % 4}`)));
    for (const the of sent) await bus.enqueue(the);
    await settled(40);
    const order = taken.map((delivery) => delivery.id);
    expect(order.toSorted()).toStrictEqual(sent.map(({ id }) => id).toSorted());
    expect(order).not.toStrictEqual(sent.map(({ id }) => id));
    expect(bus.injected.reorder).toBeGreaterThan(0);
    await bus.close();
  });

  test("a delayed delivery holds up everything behind it, so that the order stays", async () => {
    const bus = withFaults(createInProcessBus(), { seed: 3, delay: 0.5 });
    const { taken } = await serveNoting(bus);
    const sent = range(40).map((index) => message(`c${index}`, ref("room", `r${index % 4}`)));
    for (const the of sent) await bus.enqueue(the);
    await settled(40);
    while (taken.length < sent.length) await settled(40);
    expect(taken.map((delivery) => delivery.id)).toStrictEqual(sent.map(({ id }) => id));
    expect(bus.injected.delay).toBeGreaterThan(0);
    await bus.close();
  });

  test("a failing call did nothing and says unavailable, or did it and says timeout", async () => {
    const inner = createInProcessBus();
    const bus = withFaults(inner, { seed: 5, fail: 1 });
    const seen: string[] = [];
    await inner.serve((delivery) => {
      seen.push(delivery.id);
      deal(delivery);
    });
    const codes = new Set<string>();
    for (const index of range(20)) {
      for (const [id, call] of [
        [`q${index}`, () => bus.enqueue(message(`q${index}`))],
        [`r${index}`, () => bus.request(message(`r${index}`))],
      ] as const) {
        const error = await rejectionOf(call());
        await settled(40);
        const code = codeOf(error);
        codes.add(code);
        expect(seen.includes(id)).toBe(code === "timeout");
        if (code === "unavailable") expect(String(error)).toContain("seed 5");
      }
    }
    expect(sorted(codes)).toStrictEqual(["timeout", "unavailable"]);
    for (const event of log(20)) {
      const before = (await inner.newest()) ?? 0;
      const code = await bus.publish(log(20).slice(0, event.position / 10)).catch(codeOf);
      expect((await inner.newest()) ?? 0).toBe(code === "timeout" ? event.position : before);
    }
    for (const index of range(10)) {
      const before = (await inner.deadLetters(100)).length;
      const code = await bus.deadLetter({ ...message(`d${index}`), reason: "", attempts: 1 }).catch(codeOf);
      expect((await inner.deadLetters(100)).length - before).toBe(code === "timeout" ? 1 : 0);
    }
    for (const call of [() => bus.newest(), () => bus.deadLetters(1), () => bus.follow(hold)]) {
      expect(await rejectionOf(call())).toMatchObject({ code: "unavailable" });
    }
    await inner.close();
  });

  test("a dropped request is a timeout at once and was never handed out; a dropped reply never comes", async () => {
    const bus = withFaults(createInProcessBus(), { seed: 5, drop: 1 });
    const replies: string[] = [];
    const { taken } = await serveNoting(bus);
    expect(await rejectionOf(bus.request(message("a"), { timeoutMs: 600_000 }))).toMatchObject({ code: "timeout" });
    const reason = new Error("gone");
    expect(await rejectionOf(bus.request(message("b"), { signal: AbortSignal.abort(reason) }))).toBe(reason);
    await bus.enqueue(message("c"), { onReply: (reply) => replies.push(textOf(reply)) });
    await settled(40);
    expect(taken.map((delivery) => delivery.id)).toStrictEqual(["c"]);
    expect(replies).toStrictEqual([]);
    await bus.close();
  });

  test("a question fails as other calls do, or is dropped: a timeout at once, and nobody was asked", async () => {
    const asked: string[] = [];
    const outcomes = async (rates: FaultRates): Promise<ReadonlySet<string>> => {
      const inner = createInProcessBus();
      const bus = withFaults(inner, { seed: 5, ...rates });
      const onQuestion = async (question: Payload): Promise<Payload> => {
        asked.push(textOf(question));
        return question;
      };
      await bus.serve(hold, { partition: 0, epoch: 1, onQuestion });
      const codes = new Set<string>();
      for (const index of range(20)) {
        const text = `q${index}`;
        const code = await bus.askOwner(hall, payload(text), { timeoutMs: 600_000 }).then(textOf, codeOf);
        codes.add(code === text ? "answered" : code);
        expect(asked.includes(text)).toBe(code === text || (rates.fail !== undefined && code === "timeout"));
      }
      asked.length = 0;
      await inner.close();
      return codes;
    };
    expect(sorted(await outcomes({ fail: 0.5 }))).toStrictEqual(["answered", "timeout", "unavailable"]);
    expect(sorted(await outcomes({ drop: 0.5 }))).toStrictEqual(["answered", "timeout"]);
  });

  test("what was held back when its server closed is handed out again", async () => {
    const inner = createInProcessBus();
    const bus = withFaults(inner, { seed: 5, delay: 1 });
    const first = await serveNoting(bus);
    await bus.enqueue(message("a"));
    await settled();
    await first.close();
    await settled(40);
    expect(first.taken).toStrictEqual([]);
    const second = await serveNoting(bus);
    await settled(40);
    expect(second.taken.map((delivery) => delivery.id)).toStrictEqual(["a"]);
    await bus.enqueue(message("b"));
    await bus.close();
    await settled(40);
    expect(second.taken).toHaveLength(1);
  });

  test("a handler that throws late does not take others with it", async () => {
    const bus = withFaults(createInProcessBus(), { seed: 5, delay: 1 });
    const errors = await uncaughtOf(async () => {
      const { taken } = await serveNoting(bus, (delivery) => {
        if (delivery.id === "a") throw new Error("a bug");
      });
      await bus.enqueue(message("a"));
      await bus.enqueue(message("b"));
      await settled(40);
      expect(taken.map((delivery) => delivery.id)).toStrictEqual(["a", "b"]);
    });
    expect(errors).toMatchObject([{ message: "a bug" }]);
    await bus.close();
  });
});
