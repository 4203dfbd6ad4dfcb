import { expect, test } from "vitest";
import { startHost } from "../testing/index.ts";

const a = { type: "counter", id: "a" };

test("[R35][G9] an actor in memory shows its committed state, one that is not there shows nothing", async () => {
  const { host, send } = startHost();
  expect(host.snapshot(a)).toBeUndefined();
  await send("counter/a", "Add", { amount: 1 });
  expect(host.snapshot(a)).toBeUndefined();
  await send("counter/a", "Open");
  await send("counter/a", "Add", { amount: 2 });
  expect(host.snapshot(a)).toMatchObject({ stream: a, version: 2, state: { status: "active", context: { total: 2 } } });
  await host.passivate(a);
  expect(host.snapshot(a)).toBeUndefined();
  await host.close();
});

test("[R35][G9] what an actor shows while a commit is under way is the state before it", async () => {
  const { host, store, send } = startHost();
  await send("counter/a", "Open");
  const commit = store.hold("append");
  const adding = send("counter/a", "Add", { amount: 1 });
  await commit.reached;
  expect(host.snapshot(a)).toMatchObject({ version: 1, state: { context: { total: 0 } } });
  host.reload([a]);
  expect(host.snapshot(a)).toBeUndefined();
  commit.release();
  expect(await adding).toMatchObject({ code: "accepted" });
  await host.close();
});

test("[R35][G9] a reloaded actor forgets what no event says, and goes on in order", async () => {
  const { host, send } = startHost();
  await send("counter/a", "Open");
  await send("counter/a", "Add", { amount: 1 });
  (host.snapshot(a)!.state.context as { total: number }).total = 40;
  expect(host.reload([a, { type: "counter", id: "nobody" }])).toBe(1);
  expect(host.snapshot(a)).toBeUndefined();
  expect(await send("counter/a", "AddIfTotal", { total: 1, amount: 1 })).toMatchObject({ code: "accepted", changed: [{ version: 3 }] });
  expect(host.snapshot(a)).toMatchObject({ version: 3, state: { context: { total: 2 } } });
  await host.close();
});
