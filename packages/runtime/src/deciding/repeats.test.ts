import { createMemoryKeyStore, UnavailableError } from "@aethyr/event-store";
import { expect, test } from "vitest";
import { clockAt, command, logOf, openTestStore, positionsOf, startHost } from "../testing/index.ts";

test("[R8][G3] the same id gets the same reply: at once, later, after a restart, from another host, and when it would now be refused", async () => {
  const store = openTestStore();
  const first = startHost({ store });
  await first.send("counter/b", "Open");
  const open = command("counter/a", "Open");
  const [one, two] = await Promise.all([first.host.submit(open), first.host.submit(open)]);
  expect(two).toEqual(one);
  const add = command("counter/a", "Add", { amount: 5 });
  const added = await first.host.submit(add);
  const give = command("counter/a", "Give", { amount: 5, to: "b" });
  const given = await first.host.submit(give);
  expect(given).toMatchObject({ code: "accepted", changed: [{ stream: { id: "a" } }, { stream: { id: "b" } }] });
  await first.host.close();
  const second = startHost({ store });
  await second.send("counter/a", "Close");
  for (const [again, reply] of [
    [open, one],
    [add, added],
    [give, given],
  ] as const)
    expect(await second.host.submit(again)).toEqual(reply);
  expect(await logOf(store)).toHaveLength(6);
  await second.host.close();
});

test("[R8] a repeat is answered from the record also where its rule throws now, or its stream cannot be read", async () => {
  const store = openTestStore();
  const { host, store: unruly } = startHost({ store });
  await host.submit(command("counter/a", "Open", {}, { id: "opened" }));
  const event = { id: "thrown/1", type: "Added", schema: 1, machine: 1, time: "2026-01-01T00:00:00.000Z", data: { amount: 1 } };
  const meta = { command: "thrown", actor: null, correlation: "thrown", causation: null };
  await store.append([
    {
      writes: [{ stream: { type: "counter", id: "a" }, expected: 1, events: [{ ...event, meta }] }],
      command: { id: "thrown", outcome: { "counter/a": 2 } },
    },
  ]);
  expect(await host.submit(command("counter/a", "Throw", {}, { id: "thrown" }))).toMatchObject({
    code: "accepted",
    changed: [{ version: 2 }],
    position: (await positionsOf(store))[1],
  });
  await expect.poll(() => host.passivate({ type: "counter", id: "a" })).toBe(true);
  unruly.always("readStream", () => {
    throw new Error("cannot be read");
  });
  expect(await host.submit(command("counter/a", "Open", {}, { id: "opened" }))).toMatchObject({
    code: "accepted",
    changed: [{ version: 1 }],
    position: (await positionsOf(store))[0],
  });
  expect(await host.submit(command("counter/a", "Open"))).toMatchObject({ code: "internal" });
  await host.close();
});

test("[R8] a repeat is answered from the record also where it would now be too large, or is no command any more", async () => {
  const { host, store, send } = startHost();
  await send("counter/a", "Open");
  const first = await host.submit(command("counter/a", "AddOnes", { times: 3 }, { id: "ones" }));
  expect(first).toMatchObject({ code: "accepted", changed: [{ version: 4 }] });
  // A newer program, which decides otherwise or has dropped the command, would see it so.
  for (const [type, data] of [
    ["AddOnes", { times: 600 }],
    ["AddOnes", { times: "three" }],
    ["Gone", {}],
    ["SetSecret", { secret: "x" }],
  ] as const) {
    expect(await host.submit(command("counter/a", type, data, { id: "ones" }))).toEqual(first);
    expect(await send("counter/a", type, data)).toMatchObject({ code: type === "AddOnes" && data.times === 600 ? "too_large" : "invalid" });
  }
  // Nor is it told that it is invalid while nobody can say.
  store.once("outcomes", () => {
    throw new UnavailableError("away");
  });
  expect(await host.submit(command("counter/a", "Gone", {}, { id: "ones" }))).toMatchObject({ code: "unavailable" });
  store.once("outcomes", () => {
    throw new UnavailableError("away");
  });
  expect(await host.submit(command("counter/a", "Gone"), { persistent: true })).toMatchObject({ code: "invalid" });
  await host.close();
});

test("[R8] a repeat that is decided anew on stale state is found in the record at the commit, and the state is read", async () => {
  const one = startHost();
  const other = startHost({ store: one.world });
  await one.send("counter/a", "Open");
  const add = command("counter/a", "Add", { amount: 5 });
  const first = await other.host.submit(add);
  expect(await one.host.submit(add)).toEqual(first);
  expect(await one.send("counter/a", "AddIfTotal", { total: 5, amount: 1 })).toMatchObject({ code: "accepted", changed: [{ version: 3 }] });
  await Promise.all([one.host.close(), other.host.close()]);
});

test("[R10][G9] recorded time never goes back, whatever the clock does, also not behind a participant's", async () => {
  const clock = clockAt(Date.parse("2026-06-01T12:00:00.000Z"));
  const { host, store, send } = startHost({ ports: clock });
  await send("counter/a", "Open");
  clock.nowMs -= 60_000;
  await send("counter/b", "Open");
  await send("counter/a", "Stamp");
  await send("counter/b", "AddIfSum", { others: ["a"], sum: 0, amount: 1 });
  clock.nowMs += 120_000;
  await send("counter/a", "Add", { amount: 1 });
  const times = (await store.readAll(0)).map(({ time, data }) => [time, data]);
  expect(times).toMatchObject([
    ["2026-06-01T12:00:00.000Z", {}],
    ["2026-06-01T11:59:00.000Z", {}],
    ["2026-06-01T12:00:00.000Z", { at: "2026-06-01T12:00:00.000Z" }],
    ["2026-06-01T12:00:00.000Z", {}],
    ["2026-06-01T12:01:00.000Z", {}],
  ]);
  await host.close();
});

test("[R11][G11] a sealed field is checked in the clear, and nothing that is stored holds it in the clear", async () => {
  const { host, store, send } = startHost({ options: { snapshotEvery: { counter: 1 } } });
  await send("counter/a", "Open");
  expect(await send("counter/a", "SetSecret", { secret: "xy" })).toMatchObject({ code: "invalid", issues: [{ path: "secret" }] });
  expect(await send("counter/a", "SetSecret", { secret: "open sesame" })).toMatchObject({ code: "accepted", changed: [{ version: 2 }] });
  expect(await send("counter/a", "SetSecret", { secret: "open sesame" })).toMatchObject({ code: "accepted", changed: [] });
  await host.close();
  const stored = JSON.stringify([await store.readAll(0), await store.loadSnapshot({ type: "counter", id: "a" })]);
  expect(stored).not.toContain("open sesame");
  expect(stored).toContain("sealed:1:counter/a:");
});

test("[R11][R3] a command whose secrets are being sealed keeps its place", async () => {
  const keys = createMemoryKeyStore();
  const gate = Promise.withResolvers<void>();
  const slow = { ...keys, obtain: async (subject: string) => (await gate.promise, keys.obtain(subject)) };
  const { host, store, send } = startHost({ keys: slow });
  await send("counter/a", "Open");
  const both = Promise.all([
    send("counter/a", "SetSecret", { secret: "first" }),
    send("counter/a", "Add", { amount: 1 }),
    send("counter/a", "SetSecret", { secret: "x" }),
  ]);
  gate.resolve();
  expect((await both).map(({ code }) => code)).toEqual(["accepted", "accepted", "invalid"]);
  expect((await store.readAll(0)).map(({ type }) => type)).toEqual(["Opened", "SecretSet", "Added"]);
  await host.close();
});

test("[R11][G12] a key is made only for what exists, or is about to: not for made-up names, nor for what is invalid", async () => {
  const inner = createMemoryKeyStore();
  const subjects: string[] = [];
  const keys = { ...inner, obtain: async (subject: string) => (subjects.push(subject), inner.obtain(subject)) };
  const { host, store, send } = startHost({ keys });
  await send("counter/a", "Open");
  await send("counter/closed", "Open");
  await send("counter/closed", "Close");
  const set = (id: string, secret: string) => send(`counter/${id}`, "SetSecret", { secret });
  const replies = await Promise.all([set("made-up", "secret"), set("closed", "secret"), set("a", "x")]);
  expect(replies.map(({ code }) => code)).toEqual(["not_found", "not_found", "invalid"]);
  store.once("append", () => {
    throw new UnavailableError("away");
  });
  expect((await Promise.all([send("counter/b", "Open"), set("b", "secret")])).map(({ code }) => code)).toEqual([
    "unavailable",
    "not_found",
  ]);
  expect(subjects).toEqual([]);
  expect((await Promise.all([send("counter/b", "Open"), set("b", "secret")])).map(({ code }) => code)).toEqual(["accepted", "accepted"]);
  expect(subjects).toEqual(["counter/b"]);
  await host.close();
});

test("[R8][R11] where the subject's key was forgotten a repeat still gets its reply, and a new command is answered internal", async () => {
  const { host, keys, send } = startHost();
  await send("counter/a", "Open");
  const set = command("counter/a", "SetSecret", { secret: "first" });
  const first = await host.submit(set);
  await keys.forget("counter/a");
  expect(await host.submit(set)).toEqual(first);
  expect(await send("counter/a", "SetSecret", { secret: "second" })).toMatchObject({ code: "internal", reason: "key_forgotten" });
  expect(await send("counter/a", "Add", { amount: 1 })).toMatchObject({ code: "accepted" });
  await host.close();
});

test("[R8][R3] a repeat beside the first waits for it, and is not tried in the same transaction", async () => {
  const { host, store, send } = startHost();
  await send("counter/a", "Open");
  const tried: number[] = [];
  store.always("append", async (go, [commits]) => {
    tried.push((commits as readonly unknown[]).length);
    return go();
  });
  const add = command("counter/a", "Add", { amount: 5 });
  const replies = await Promise.all([host.submit(add), host.submit(add), send("counter/b", "Open")]);
  expect(replies[1]).toEqual(replies[0]);
  expect(tried[0]).toBe(1);
  expect(await logOf(store)).toHaveLength(3);
  await host.close();
});
