import { type EventStore } from "@aethyr/event-store";
import { expect, test } from "vitest";
import { command, onRealEngine, openTestStore, startHost } from "./testing/index.ts";

const newestSnapshot = async (store: EventStore, id: string) => (await store.loadSnapshot({ type: "counter", id }))?.version;

test("[R26][G2] a host that stops finishes what it took, saves snapshots, turns away the rest, and may be told twice", async () => {
  const { host, store, send } = startHost();
  await send("counter/a", "Open");
  const commit = store.hold("append");
  const taken = Promise.all([1, 2, 3, 4].map((amount) => send("counter/a", "Add", { amount })));
  await commit.reached;
  const closed = Promise.all([host.close(), host.close()]);
  expect(await send("counter/a", "Add", { amount: 5 })).toMatchObject({ code: "unavailable" });
  commit.release();
  expect((await taken).every(({ code }) => code === "accepted")).toBe(true);
  await closed;
  expect(await newestSnapshot(store, "a")).toBe(5);
  expect(host.actors()).toEqual([]);
});

test("[R1][R26] a host that cannot finish in time answers all the same: in doubt is only what is being committed, and its repeats", async () => {
  const { host, store, lines, send } = startHost({ options: { drainMs: 1 } });
  for (const id of ["a", "b"]) await send(`counter/${id}`, "Open");
  const commit = store.hold("append");
  const add = command("counter/a", "Add", { amount: 1 });
  const inDoubt = [host.submit(add), host.submit(add)];
  await commit.reached;
  const question = store.hold("outcomes");
  const waiting = [send("counter/a", "Stamp"), send("counter/b", "Add", { amount: -1 }), send("counter/b", "Stamp")];
  await question.reached;
  await host.close();
  expect(await Promise.all([...inDoubt, ...waiting])).toMatchObject([
    { code: "outcome_unknown" },
    { code: "outcome_unknown" },
    { code: "unavailable" },
    { code: "unavailable" },
    { code: "unavailable" },
  ]);
  expect(lines.filter(({ level }) => level === "warn")).toMatchObject([{ fields: { pending: 5 } }]);
  commit.release();
  question.release();
  await expect.poll(() => host.actors().map(({ state }) => state)).not.toContain("committing");
  // What was left is left: it is not done after it was answered.
  expect((await store.readAll(0)).map(({ type }) => type)).toEqual(["Opened", "Opened", "Added"]);
});

test("[R26][R20] a host that stops writes its snapshots in portions, and no longer than drainMs", async () => {
  const world = openTestStore();
  const { host, store, send } = startHost({
    store: world,
    options: { snapshotEvery: { counter: 2 }, drainMs: onRealEngine() ? 2_000 : 50 },
  });
  await Promise.all(Array.from({ length: 200 }, (_, index) => send(`counter/c${index}`, "Open")));
  const gate = Promise.withResolvers<void>();
  store.always("saveSnapshot", async (go) => {
    await gate.promise;
    return go();
  });
  const closed = host.close();
  await expect.poll(() => store.calls("saveSnapshot")).toBe(64);
  await closed;
  gate.resolve();
  await expect.poll(() => host.actors()).toEqual([]);
  expect(store.calls("saveSnapshot")).toBe(64);
});
