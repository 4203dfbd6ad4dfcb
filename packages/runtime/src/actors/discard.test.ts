import { OutcomeUnknownError, UnavailableError } from "@aethyr/event-store";
import { expect, test, vi } from "vitest";
import { startHost } from "../testing/index.ts";

const a = { type: "counter", id: "a" };
const nobody = { type: "counter", id: "nobody" };
const turns = async (count = 20) => {
  for (let turn = 0; turn < count; turn += 1) await new Promise(setImmediate);
};

test("[R34] an actor at rest is read anew, one that is not there is not", async () => {
  const { host, store, send } = startHost();
  await send("counter/a", "Open");
  const read = store.calls("readStream");
  host.discard([a, nobody]);
  expect(host.actors()).toMatchObject([{ ref: a, state: "hydrating" }]);
  expect(await send("counter/a", "AddIfTotal", { total: 0, amount: 1 })).toMatchObject({ code: "accepted", changed: [{ version: 2 }] });
  expect(store.calls("readStream")).toBe(read + 1);
  await host.close();
});

test("[R34] an actor that is being loaded is read once more", async () => {
  const { host, store, send, world } = startHost();
  const other = startHost({ store: world });
  await other.send("counter/a", "Open");
  const page = store.hold("readStream");
  const adding = send("counter/a", "AddIfTotal", { total: 0, amount: 1 });
  await page.reached;
  host.discard([a]);
  page.release();
  expect(await adding).toMatchObject({ code: "accepted", changed: [{ version: 2 }] });
  expect(store.calls("readStream")).toBe(2);
  await Promise.all([host.close(), other.host.close()]);
});

test.each([
  ["is made", undefined, "accepted", 1],
  ["is refused by the store", new UnavailableError("away"), "unavailable", 0],
  ["is of unknown outcome", new OutcomeUnknownError("lost"), "outcome_unknown", 0],
] as const)("[R34] an actor whose commit %s is read anew after it", async (_what, error, code, total) => {
  const { host, store, send } = startHost();
  await send("counter/a", "Open");
  const told = Promise.withResolvers<void>();
  const asked = Promise.withResolvers<void>();
  store.once("append", async (go) => {
    asked.resolve();
    await told.promise;
    if (error) throw error;
    return go();
  });
  const adding = send("counter/a", "Add", { amount: 1 });
  await asked.promise;
  const read = store.calls("readStream");
  host.discard([a]);
  await turns();
  expect(host.actors()).toMatchObject([{ state: "committing" }]);
  told.resolve();
  expect((await adding).code).toBe(code);
  expect(await send("counter/a", "AddIfTotal", { total, amount: 1 })).toMatchObject({ code: "accepted" });
  expect(store.calls("readStream")).toBe(read + 1);
  await host.close();
});

test("[R34][R9] one that was overtaken as well is read once, and its command decided again", async () => {
  const { host, store, send, world } = startHost();
  const other = startHost({ store: world });
  await send("counter/a", "Open");
  const commit = store.hold("append");
  const adding = send("counter/a", "Add", { amount: 1 });
  await commit.reached;
  await other.send("counter/a", "Add", { amount: 1 });
  const read = store.calls("readStream");
  host.discard([a]);
  commit.release();
  expect(await adding).toMatchObject({ code: "accepted", changed: [{ version: 3 }] });
  expect(store.calls("readStream")).toBe(read + 1);
  await Promise.all([host.close(), other.host.close()]);
});

test("[R34][R7] a rejection that was decided on it is decided again, though its version is the newest", async () => {
  const { host, store, send } = startHost();
  await send("counter/a", "Open");
  const question = store.hold("outcomes");
  const rejected = send("counter/a", "Add", { amount: -9 });
  await question.reached;
  host.discard([a]);
  await vi.waitFor(() => expect(host.actors()).toMatchObject([{ state: "ready" }]));
  const asked = store.calls("outcomes");
  question.release();
  expect(await rejected).toMatchObject({ code: "rejected" });
  expect(store.calls("outcomes")).toBe(asked + 1);
  await host.close();
});

test("[R34][R22] one that is leaving stays and is read anew", async () => {
  const { host, store, send } = startHost({ options: { snapshotEvery: { counter: 4 } } });
  await send("counter/a", "Open");
  await send("counter/a", "Add", { amount: 1 });
  const saving = store.hold("saveSnapshot");
  const leaving = host.passivate(a);
  await saving.reached;
  host.discard([a]);
  saving.release();
  expect(await leaving).toBe(false);
  expect(await send("counter/a", "AddIfTotal", { total: 1, amount: 1 })).toMatchObject({ code: "accepted" });
  await host.close();
});

test("[R34][R21] a snapshot of it that waits to be saved is not", async () => {
  const { host, store, send } = startHost({ options: { snapshotEvery: { counter: 1 } } });
  // As many as are saved at once, and one more.
  const gate = Promise.withResolvers<void>();
  const open = store.always("saveSnapshot", async (go) => {
    await gate.promise;
    return go();
  });
  for (let count = 0; count < 64; count += 1) await send(`counter/c${count}`, "Open");
  await send("counter/a", "Open");
  host.discard([a]);
  gate.resolve();
  await turns();
  open();
  expect(store.calls("saveSnapshot")).toBe(64);
  expect(await store.loadSnapshot(a)).toBeUndefined();
  await host.close();
});
