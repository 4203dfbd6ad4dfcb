import { UnavailableError, type EventStore } from "@aethyr/event-store";
import { ref, type Instance } from "@aethyr/kernel";
import { expect, test } from "vitest";
import { newHosted } from "./hosted.ts";
import { hydrate } from "./load-aggregate.ts";
import { createMetrics } from "../metrics.ts";
import { silentLog } from "../ports.ts";
import { createSnapshots } from "./snapshots.ts";
import { counters, openTestStore, startHost } from "../testing/index.ts";

const a = { type: "counter", id: "a" };
const newestSnapshot = async (store: EventStore, id: string) => (await store.loadSnapshot({ type: "counter", id }))?.version;

test("[R20] a snapshot is saved after as many events as the aggregate, the type or the id asks for, and never where that is 0", async () => {
  const { host, store, send } = startHost({ options: { snapshotEvery: { "counter/often": 2, "counter/never": 0 } } });
  for (const id of ["usual", "often", "never"]) {
    await send(`counter/${id}`, "Open");
    for (let times = 0; times < 10; times += 1) await send(`counter/${id}`, "Add", { amount: 1 });
  }
  await expect.poll(() => Promise.all(["usual", "often", "never"].map((id) => newestSnapshot(store, id)))).toEqual([10, 10, undefined]);
  const byType = startHost({ store, options: { snapshotEvery: { counter: 1 } } });
  await byType.send("counter/never", "Add", { amount: 1 });
  await expect.poll(() => newestSnapshot(store, "never")).toBe(12);
  await Promise.all([host.close(), byType.host.close()]);
});

test("[R20] on passivation a snapshot is saved only if the tail is worth half the threshold", async () => {
  const { host, store, send } = startHost();
  for (const [id, events] of [
    ["short", 4],
    ["long", 5],
  ] as const) {
    await send(`counter/${id}`, "Open");
    for (let times = 1; times < events; times += 1) await send(`counter/${id}`, "Add", { amount: 1 });
    expect(await host.passivate({ type: "counter", id })).toBe(true);
  }
  expect(await newestSnapshot(store, "short")).toBeUndefined();
  expect(await newestSnapshot(store, "long")).toBe(5);
  expect(await host.passivate({ type: "counter", id: "long" })).toBe(false);
  expect(host.actors()).toEqual([]);
  await host.close();
});

test("[R21][G9] snapshots that cannot be saved or loaded change no answer, and are not tried with every event", async () => {
  const { host, store, lines, send } = startHost();
  store.always("saveSnapshot", () => {
    throw new UnavailableError("the disk of the snapshots is full");
  });
  store.always("loadSnapshot", () => {
    throw new Error("damaged");
  });
  await send("counter/a", "Open");
  for (let times = 0; times < 25; times += 1)
    expect((await send("counter/a", "AddIfTotal", { total: times, amount: 1 })).code).toBe("accepted");
  expect(store.calls("saveSnapshot")).toBe(2);
  await host.passivate({ type: "counter", id: "a" });
  expect(await send("counter/a", "AddIfTotal", { total: 25, amount: 1 })).toMatchObject({ code: "accepted" });
  expect(lines.map(({ message }) => message)).toEqual(
    expect.arrayContaining(["the snapshot was not saved", "the snapshot cannot be used: replaying the events"]),
  );
  await host.close();
});

test("[R21][G2] a snapshot ahead of the log, which was restored from a backup, is not used", async () => {
  const full = startHost();
  await full.send("counter/a", "Open");
  for (let times = 0; times < 15; times += 1) await full.send("counter/a", "Add", { amount: 1 });
  await expect.poll(() => newestSnapshot(full.store, "a")).toBe(10);
  const snapshot = (await full.store.loadSnapshot(a))!;
  const { host, store, send } = startHost();
  await send("counter/a", "Open");
  for (let times = 0; times < 4; times += 1) await send("counter/a", "Add", { amount: 1 });
  await host.passivate(a);
  await store.saveSnapshot(snapshot);
  const { instance } = await hydrate(store, counters.aggregates.get("counter")!, a, silentLog);
  expect(instance.version).toBe(5);
  expect(await send("counter/a", "AddIfTotal", { total: 4, amount: 1 })).toMatchObject({ code: "accepted", changed: [{ version: 6 }] });
  await Promise.all([full.host.close(), host.close()]);
});

test("[R21] a snapshot of another machine, or one that its chart does not have, is discarded and the events are replayed", async () => {
  const { host, store, lines, send } = startHost();
  await send("counter/a", "Open");
  for (let times = 0; times < 9; times += 1) await send("counter/a", "Add", { amount: 1 });
  for (const [replayed, bad] of [{ machine: { version: 1, structure: "another" } }, { value: "nowhere" }].entries()) {
    await expect.poll(() => newestSnapshot(store, "a")).toBe(10 + replayed);
    await host.passivate({ type: "counter", id: "a" });
    const good = (await store.loadSnapshot({ type: "counter", id: "a" }))!;
    const state = { status: "active" as const, value: bad.value ?? good.state.value, context: { total: 1_000, marks: 0, secret: null } };
    await store.saveSnapshot({ ...good, machine: bad.machine ?? good.machine, state });
    expect(await send("counter/a", "AddIfTotal", { total: 9, amount: 0 })).toMatchObject({ code: "accepted" });
  }
  expect(lines.map(({ message }) => message)).toEqual([
    "the snapshot is of another machine: replaying the events",
    "the snapshot cannot be used: replaying the events",
  ]);
  await host.close();
});

test("[R21] a state of which no snapshot can be made is counted and logged, and ends nothing", async () => {
  const lines: string[] = [];
  const metrics = createMetrics();
  const log = { ...silentLog, warn: (_: object, message: string) => void lines.push(message) };
  const snapshots = createSnapshots({ store: openTestStore(), metrics, log, every: {} });
  const damaged = { version: 10 } as Instance;
  snapshots.afterCommit({ ...newHosted(counters.aggregates.get("counter")!, ref("counter", "a")), instance: damaged });
  await snapshots.settled();
  expect(lines).toEqual(["the snapshot was not saved"]);
  expect(await metrics.text()).toContain('operation_type="failed",aggregate_type="counter"} 1\n');
});
