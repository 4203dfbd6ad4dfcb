import { createMemoryKeyStore } from "@aethyr/event-store";
import { snapshotOf, type Sealed } from "@aethyr/kernel";
import { expect, test } from "vitest";
import { hydrate } from "./actors/load-aggregate.ts";
import { lifecycle, nextState } from "./actors/lifecycle.ts";
import { silentLog, systemPorts } from "./ports.ts";
import { open, seal } from "./intake/seal.ts";
import { counters, openTestStore, startHost } from "./testing/index.ts";

test("[R25] the lifecycle of an actor is the chart's, and a step that the chart does not have is an error", () => {
  expect(nextState("passive", "HYDRATE")).toBe("hydrating");
  expect(nextState("passivating", "NEEDED")).toBe("ready");
  expect(nextState("committing", "REFRESH")).toBe("hydrating");
  expect(() => nextState("passive", "COMMIT")).toThrow("an actor that is passive takes no COMMIT");
  expect(Object.keys(lifecycle.states).sort()).toEqual(["committing", "failed", "hydrating", "passivating", "passive", "ready"]);
});

test("[R29][G9] hydrate gives the state at any version, the same with snapshots and without", async () => {
  const store = openTestStore();
  const { host, send } = startHost({ store, options: { snapshotEvery: { counter: 7 } } });
  await send("counter/a", "Open");
  for (let amount = 1; amount < 30; amount += 1) await send("counter/a", "Add", { amount });
  await host.close();
  const kind = counters.aggregates.get("counter")!;
  const ref = { type: "counter", id: "a" };
  const bare = { ...store, loadSnapshot: async () => undefined };
  for (const version of [0, 1, 6, 7, 8, 29, 30, undefined]) {
    const [fast, slow] = [await hydrate(store, kind, ref, silentLog, version), await hydrate(bare, kind, ref, silentLog, version)];
    expect(snapshotOf(fast.instance)).toEqual(snapshotOf(slow.instance));
    expect(fast.instance.version).toBe(version ?? 30);
    expect(fast.replayed).toBe((version ?? 30) - fast.snapshotVersion);
    expect(fast.snapshotVersion).toBe(Math.floor((version ?? 30) / 7) * 7);
  }
});

test("[R29] a stream of more than one page is read to its end", async () => {
  const store = openTestStore();
  const { host, send } = startHost({ store, options: { snapshotEvery: { counter: 0 } } });
  await send("counter/a", "Open");
  for (let times = 0; times < 5; times += 1) await send("counter/a", "AddOnes", { times: 250 });
  await host.close();
  const { instance } = await hydrate(store, counters.aggregates.get("counter")!, { type: "counter", id: "a" }, silentLog);
  expect(instance.version).toBe(1_251);
});

test("[R11] what is sealed for a subject opens for it, tells equality, and nothing else", async () => {
  const keys = createMemoryKeyStore();
  const [one, again, another, elsewhere] = await Promise.all([
    seal(keys, "player/ann", "open sesame"),
    seal(keys, "player/ann", "open sesame"),
    seal(keys, "player/ann", "open barley"),
    seal(keys, "player/bob", "open sesame"),
  ]);
  expect(again).toBe(one);
  expect(new Set([one, another, elsewhere]).size).toBe(3);
  expect(await open(keys, one)).toBe("open sesame");
});

test("[R11] what was altered, moved to another subject, or whose key was forgotten does not open, and the error says which", async () => {
  const keys = createMemoryKeyStore();
  const sealed = await seal(keys, "player/ann", "open sesame");
  await seal(keys, "player/bob", "x");
  const altered = [
    sealed.slice(0, -4) + (sealed.endsWith("AAAA") ? "BBBB" : "AAAA"),
    sealed.replace("player/ann", "player/bob"),
    "sealed:1:player/ann:AAAA",
  ];
  for (const text of altered)
    await expect(open(keys, text as Sealed)).rejects.toMatchObject({
      code: "sealed",
      message: expect.stringContaining("damaged") as string,
    });
  await keys.forget("player/ann");
  await expect(open(keys, sealed)).rejects.toMatchObject({ code: "sealed", message: expect.stringContaining("forgotten") as string });
  await expect(seal(keys, "player/ann", "more")).rejects.toMatchObject({ code: "key_forgotten" });
});

test("the ports of the system are what they say", () => {
  expect(systemPorts.now()).toBeGreaterThan(Date.parse("2026-01-01"));
  expect(systemPorts.random()).toBeLessThan(1);
  expect(systemPorts.newId()).not.toBe(systemPorts.newId());
  expect(systemPorts.monotonic()).toBeLessThanOrEqual(systemPorts.monotonic());
  expect(() => [silentLog.info({}, ""), silentLog.warn({}, ""), silentLog.error({}, "")]).not.toThrow();
});
