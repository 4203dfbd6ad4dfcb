import { OutcomeUnknownError, StoreError, UnavailableError } from "@aethyr/event-store";
import { expect, test } from "vitest";
import { command, logOf, startHost } from "../testing/index.ts";

test("[R4][G5] commands that arrive together are one transaction, each decided on what those before it lead to", async () => {
  const { host, store, send } = startHost();
  await send("counter/a", "Open");
  const before = store.calls("append");
  const replies = await Promise.all(Array.from({ length: 50 }, (_, index) => send("counter/a", "AddIfTotal", { total: index, amount: 1 })));
  expect(replies.map((reply) => (reply.code === "accepted" ? reply.changed[0]?.version : reply))).toEqual(
    Array.from({ length: 50 }, (_, index) => index + 2),
  );
  expect(store.calls("append") - before).toBe(1);
  await host.close();
});

test("[R4] a transaction takes no more than batchEvents, and the rest follows in order", async () => {
  const { host, store, send } = startHost({ options: { batchEvents: 4 } });
  await send("counter/a", "Open");
  const before = store.calls("append");
  const replies = await Promise.all(Array.from({ length: 10 }, (_, index) => send("counter/a", "AddIfTotal", { total: index, amount: 1 })));
  expect(replies.every(({ code }) => code === "accepted")).toBe(true);
  expect(store.calls("append") - before).toBe(3);
  await host.close();
});

test("[R4] a refusal on state that is not committed yet is decided again when that commit has failed", async () => {
  const { host, store, send } = startHost();
  await send("counter/a", "Open");
  store.once("append", () => {
    throw new UnavailableError("away");
  });
  const [add, check] = await Promise.all([
    send("counter/a", "Add", { amount: 5 }),
    send("counter/a", "AddIfTotal", { total: 0, amount: 1 }),
  ]);
  expect([add.code, check.code]).toEqual(["unavailable", "accepted"]);
  await host.close();
});

test("[R5][G5] a command over two aggregates is one commit, or none", async () => {
  const { host, store, send } = startHost();
  await Promise.all([send("counter/a", "Open"), send("counter/b", "Open")]);
  await send("counter/a", "Add", { amount: 10 });
  store.once("append", () => {
    throw new UnavailableError("away");
  });
  expect(await send("counter/a", "Give", { amount: 4, to: "b" })).toMatchObject({ code: "unavailable" });
  expect(await send("counter/a", "Give", { amount: 4, to: "b" })).toMatchObject({
    code: "accepted",
    changed: [
      { stream: { id: "a" }, version: 3 },
      { stream: { id: "b" }, version: 2 },
    ],
  });
  expect((await logOf(store)).slice(-2)).toEqual(['counter/a 3 Added {"amount":-4}', 'counter/b 2 Added {"amount":4}']);
  await host.close();
});

test("[R5] what was only read is asserted: by version where its state counts, as alive where only that does", async () => {
  const one = startHost();
  const other = startHost({ store: one.world });
  for (const id of ["a", "b"]) await one.send(`counter/${id}`, "Open");
  await other.send("counter/b", "Add", { amount: 7 });
  expect(await one.send("counter/a", "AddBeside", { amount: 1, beside: "b" })).toMatchObject({ code: "accepted" });
  expect(await one.host.metrics.text()).toContain("aethyr_conflicts_total 0");
  expect(await one.send("counter/a", "AddIfSum", { others: ["b"], sum: 0, amount: 1 })).toMatchObject({
    code: "rejected",
    message: "the sum is 7",
  });
  await other.send("counter/b", "Close");
  expect(await one.send("counter/a", "AddBeside", { amount: 1, beside: "b" })).toMatchObject({ code: "rejected", reason: "nobody" });
  await Promise.all([one.host.close(), other.host.close()]);
});

test("[R9][G1] a commit that another host overtook is decided again on what that host did", async () => {
  const one = startHost();
  const other = startHost({ store: one.world });
  await one.send("counter/a", "Open");
  await other.send("counter/a", "Add", { amount: 10 });
  expect(await one.send("counter/a", "Add", { amount: 1 })).toMatchObject({ code: "accepted", changed: [{ version: 3 }] });
  expect(await one.send("counter/a", "AddIfTotal", { total: 11, amount: 0 })).toMatchObject({ code: "accepted" });
  await Promise.all([one.host.close(), other.host.close()]);
});

test("[R9] a command that others keep overtaking is answered conflict after so many attempts, and nothing is applied", async () => {
  const one = startHost({ options: { attempts: 3 } });
  const other = startHost({ store: one.world });
  await one.send("counter/a", "Open");
  const peace = one.store.always("append", async (go) => {
    await other.send("counter/a", "Add", { amount: 10 });
    return go();
  });
  expect(await one.send("counter/a", "Add", { amount: 1 })).toMatchObject({ code: "conflict" });
  expect(one.store.calls("append")).toBe(1 + 3);
  peace();
  expect(await one.send("counter/a", "AddIfTotal", { total: 30, amount: 1 })).toMatchObject({ code: "accepted" });
  await Promise.all([one.host.close(), other.host.close()]);
});

test("[R9][G5] what was decided on top of an overtaken command is not committed, though the other host's events have the same versions", async () => {
  const one = startHost();
  const other = startHost({ store: one.world });
  await one.send("counter/a", "Open");
  one.store.once("append", async (go) => {
    await other.send("counter/a", "Add", { amount: 1 });
    return go();
  });
  // Version 2 becomes the other host's: it adds 1, where this host's own would have added 5.
  const replies = await Promise.all([
    one.send("counter/a", "Add", { amount: 5 }),
    one.send("counter/a", "AddIfTotal", { total: 5, amount: -5 }),
  ]);
  expect(replies).toMatchObject([
    { code: "accepted", changed: [{ version: 3 }] },
    { code: "rejected", message: "the total is 6" },
  ]);
  await Promise.all([one.host.close(), other.host.close()]);
});

test("[R3][G4] commands that have to be decided again keep their order, also where they do not write their own aggregate", async () => {
  const one = startHost();
  const other = startHost({ store: one.world });
  for (const id of ["a", "b"]) await one.send(`counter/${id}`, "Open");
  await other.send("counter/b", "Add", { amount: 1 });
  // The first writes only b, on which it was overtaken; the second needs nothing of b.
  const replies = await Promise.all([one.send("counter/a", "Push", { amount: 1, to: "b" }), one.send("counter/a", "Add", { amount: 1 })]);
  expect(replies.map(({ code }) => code)).toEqual(["accepted", "accepted"]);
  expect((await logOf(one.store)).slice(-2)).toEqual(['counter/b 3 Added {"amount":1}', 'counter/a 2 Added {"amount":1}']);
  await Promise.all([one.host.close(), other.host.close()]);
});

test("[R3][G4] they keep it also where another command of the same transaction writes their aggregate", async () => {
  const one = startHost();
  const other = startHost({ store: one.world });
  for (const id of ["a", "b"]) await one.send(`counter/${id}`, "Open");
  await other.send("counter/b", "Add", { amount: 7 });
  const replies = await Promise.all([
    one.send("counter/a", "Add", { amount: 1 }, { id: "c0" }),
    one.send("counter/a", "Push", { amount: 1, to: "b" }, { id: "c1" }),
    one.send("counter/a", "Add", { amount: 2 }, { id: "c2" }),
  ]);
  expect(replies.map(({ code }) => code)).toEqual(["accepted", "accepted", "accepted"]);
  expect((await one.store.readAll(0)).slice(-3).map(({ meta }) => meta.command)).toEqual(["c0", "c1", "c2"]);
  await Promise.all([one.host.close(), other.host.close()]);
});

test("[R15][G11] a command with more events than the store takes fails alone, those beside it are committed", async () => {
  const { host, send } = startHost();
  await send("counter/a", "Open");
  const replies = await Promise.all([
    send("counter/a", "Add", { amount: 1 }),
    send("counter/a", "AddOnes", { times: 600 }),
    send("counter/b", "Open"),
    send("counter/a", "AddIfTotal", { total: 1, amount: 1 }),
    send("counter/a", "Note", { length: 300_000 }),
    send("counter/a", "AddIfTotal", { total: 2, amount: 1 }),
  ]);
  expect(replies.map(({ code }) => code)).toEqual(["accepted", "too_large", "accepted", "accepted", "too_large", "accepted"]);
  await host.close();
});

test("[R15] commands whose events are too many only together are all committed", async () => {
  const { host, send } = startHost();
  await Promise.all([send("counter/a", "Open"), send("counter/b", "Open")]);
  const replies = await Promise.all([send("counter/a", "AddOnes", { times: 255 }), send("counter/b", "AddOnes", { times: 300 })]);
  expect(replies.map(({ code }) => code)).toEqual(["accepted", "accepted"]);
  await host.close();
});

test("[R16][G2] while the store is away nothing is applied, each call is answered unavailable, and it goes on when the store is back", async () => {
  const { host, store, send } = startHost();
  await send("counter/a", "Open");
  const away = () => {
    throw new UnavailableError("away");
  };
  const back = (["append", "heads", "outcomes", "readStream"] as const).map((method) => store.always(method, away as never));
  const replies = await Promise.all([
    send("counter/a", "Add", { amount: 1 }),
    send("counter/b", "Add", { amount: 1 }),
    send("counter/a", "Add", { amount: -9 }),
  ]);
  expect(replies.map(({ code }) => code)).toEqual(["unavailable", "unavailable", "unavailable"]);
  for (const end of back) end();
  expect(await send("counter/a", "AddIfTotal", { total: 0, amount: 1 })).toMatchObject({ code: "accepted", changed: [{ version: 2 }] });
  expect(await send("counter/b", "Add", { amount: 1 })).toMatchObject({ code: "not_found" });
  await host.close();
});

test.each([
  ["not done", false],
  ["done", true],
])(
  "[R17][G3] an append of unknown outcome that was %s is answered so, the state is read anew, and a repeat has one effect",
  async (_, done) => {
    const { host, store, send } = startHost();
    await send("counter/a", "Open");
    store.once("append", async (go) => {
      if (done) await go();
      throw new OutcomeUnknownError("the connection broke");
    });
    const add = command("counter/a", "Add", { amount: 5 });
    expect(await host.submit(add)).toMatchObject({ code: "outcome_unknown" });
    expect(await send("counter/a", "AddIfTotal", { total: done ? 5 : 0, amount: 1 })).toMatchObject({ code: "accepted" });
    expect(await host.submit(add)).toMatchObject({ code: "accepted", changed: [{ version: done ? 2 : 3 }] });
    expect((await store.readAll(0)).filter(({ meta }) => meta.command === add.id)).toHaveLength(1);
    await host.close();
  },
);

test("[R17] a failure that nobody foresaw is taken as of unknown effect: internal, and the state is read anew", async () => {
  const { host, store, send } = startHost();
  await send("counter/a", "Open");
  for (const error of [new Error("a bug"), new StoreError("corrupt_store", "damaged")]) {
    store.once("append", async (go) => {
      await go();
      throw error;
    });
    expect(await send("counter/a", "Add", { amount: 5 })).toMatchObject({ code: "internal" });
  }
  expect(await send("counter/a", "AddIfTotal", { total: 10, amount: 1 })).toMatchObject({ code: "accepted", changed: [{ version: 4 }] });
  await host.close();
});
