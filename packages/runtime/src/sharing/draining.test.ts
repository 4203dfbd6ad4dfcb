import type { EventStore } from "@aethyr/event-store";
import type { Ref } from "@aethyr/kernel";
import { UnavailableError } from "@aethyr/event-store";
import { expect, test, vi } from "vitest";
import { command, logOf, openTestStore, startHost } from "../testing/index.ts";

const isA = ({ id }: Ref): boolean => id.startsWith("a");
const idsOf = (these: readonly { readonly ref: Ref }[]): readonly string[] => these.map(({ ref: { id } }) => id).sort();
const newestSnapshot = async (store: EventStore, id: string) => (await store.loadSnapshot({ type: "counter", id }))?.version;

test("[R38][G2] what is handed over is finished, saved and forgotten; the rest goes on, and what comes late is sent elsewhere", async () => {
  const { host, store, send } = startHost({ options: { snapshotEvery: { counter: 4 } } });
  for (const id of ["a1", "a2", "b1"]) await send(`counter/${id}`, "Open");
  const commit = store.hold("append");
  const taken = [1, 2, 3].map((amount) => send("counter/a1", "Add", { amount }));
  await commit.reached;
  const waiting = [4, 5].map((amount) => host.submit(command("counter/a1", "Add", { amount }), { persistent: true }));
  const drained = host.drain(isA);
  expect(await send("counter/a2", "Add", { amount: 5 })).toMatchObject({ code: "unavailable" });
  expect(await host.submit(command("counter/a3", "Open"), { persistent: true })).toMatchObject({ code: "unavailable" });
  const other = send("counter/b1", "Add", { amount: 6 });
  commit.release();
  expect((await Promise.all([...taken, ...waiting, other])).map(({ code }) => code)).toEqual(Array.from({ length: 6 }, () => "accepted"));
  await drained;
  expect(idsOf(host.actors())).toEqual(["b1"]);
  expect(await newestSnapshot(store, "a1")).toBe(6);

  // Whether it is this host's afterwards, somebody else says: here it still is.
  expect(await send("counter/a1", "AddIfTotal", { total: 15, amount: 1 })).toMatchObject({ code: "accepted" });
  await host.close();
});

test("[R38] there may be nothing to hand over, and several may be handed over at once", async () => {
  const { host, send } = startHost();
  for (const id of ["a1", "b1", "c1"]) await send(`counter/${id}`, "Open");
  await Promise.all([host.drain(() => false), host.drain(isA), host.drain(({ id }) => id === "b1"), host.drain(isA)]);
  expect(idsOf(host.actors())).toEqual(["c1"]);
  await host.close();
});

test("[R38][R18] a persistent command that waits for the store is given back at once, others are tried again as before", async () => {
  const { host, store, send } = startHost();
  for (const id of ["a1", "b1"]) await send(`counter/${id}`, "Open");
  const back = store.always("append", () => {
    throw new UnavailableError("away");
  });
  const [mine, theirs] = ["b1", "a1"].map((id) => host.submit(command(`counter/${id}`, "Add", { amount: 1 }), { persistent: true }));
  await vi.waitUntil(() => store.calls("append") > 3);
  await host.drain(isA);
  expect(await theirs).toMatchObject({ code: "unavailable" });
  back();
  expect(await mine).toMatchObject({ code: "accepted" });
  expect(await logOf(store)).toHaveLength(3);
  await host.close();
});

test("[R38][R1][G3] what cannot be finished in time is answered all the same, in doubt is what is being committed", async () => {
  const world = openTestStore();
  const { host, store, lines, send } = startHost({ store: world, options: { drainMs: 1 } });
  for (const id of ["a1", "a2", "b1"]) await send(`counter/${id}`, "Open");
  const commit = store.hold("append");
  const inDoubt = command("counter/a1", "Add", { amount: 1 });
  const [first, repeat] = [host.submit(inDoubt), host.submit(inDoubt)];
  await commit.reached;
  const behind = host.submit(command("counter/a1", "Stamp"), { persistent: true });
  await host.drain(isA);
  expect(await Promise.all([first, repeat, behind])).toMatchObject([
    { code: "outcome_unknown" },
    { code: "outcome_unknown" },
    { code: "unavailable" },
  ]);
  expect(lines.filter(({ level }) => level === "warn")).toMatchObject([{ fields: { pending: 3 } }]);
  commit.release();
  expect(await send("counter/b1", "Add", { amount: 1 })).toMatchObject({ code: "accepted" });
  expect(await host.submit(inDoubt)).toMatchObject({ code: "accepted", changed: [{ version: 2 }] });
  expect((await logOf(world)).filter((line) => line.startsWith("counter/a1"))).toHaveLength(2);
  await host.close();
});
