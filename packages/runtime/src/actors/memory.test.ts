import { UnavailableError } from "@aethyr/event-store";
import { expect, test } from "vitest";
import { clockAt, command, logOf, runsHere, startHost } from "../testing/index.ts";

const start = Date.parse("2026-06-01T00:00:00.000Z");
const paths = (host: ReturnType<typeof startHost>["host"]) =>
  host
    .actors()
    .map(({ ref }) => ref.id)
    .sort();

test("[R22][G12] actors leave memory when they have been idle for idleMs", async () => {
  const clock = clockAt(start);
  const { host, send } = startHost({ ports: clock, options: { idleMs: 1_000 } });
  await send("counter/old", "Open");
  clock.nowMs += 600;
  await send("counter/new", "Open");
  clock.nowMs += 500;
  await host.sweep();
  expect(host.actors()).toEqual([{ ref: { type: "counter", id: "new" }, state: "ready", version: 1, mailbox: 0, idleMs: 500 }]);
  expect(await send("counter/old", "Add", { amount: 1 })).toMatchObject({ code: "accepted", changed: [{ version: 2 }] });
  await host.close();
});

test("[R22] past activeLimit the longest unused leave, never one with work under way", async () => {
  const clock = clockAt(start);
  const { host, store, send } = startHost({ ports: clock, options: { activeLimit: 3 } });
  for (const id of ["a", "b", "c", "d", "e"]) {
    clock.nowMs += 1;
    await send(`counter/${id}`, "Open");
  }
  const commit = store.hold("append");
  const busy = send("counter/a", "Add", { amount: 1 });
  clock.nowMs += 1;
  await commit.reached;
  await host.sweep();
  expect(paths(host)).toEqual(["a", "d", "e"]);
  expect(await host.passivate({ type: "counter", id: "a" })).toBe(false);
  commit.release();
  expect(await busy).toMatchObject({ code: "accepted" });
  await host.close();
});

test("[R22] a command that comes while its actor is leaving does not wait for the snapshot: the actor stays", async () => {
  const { host, store, send } = startHost();
  for (const type of ["Open", "Stamp", "Stamp", "Stamp", "Stamp"]) await send("counter/a", type);
  const slow = store.hold("saveSnapshot");
  const leaving = host.passivate({ type: "counter", id: "a" });
  await slow.reached;
  expect(host.actors()).toMatchObject([{ state: "passivating" }]);
  expect(await send("counter/a", "AddIfTotal", { total: 0, amount: 1 })).toMatchObject({ code: "accepted", changed: [{ version: 6 }] });
  // A second attempt to let it go is its own: the first, when it has saved, ends nothing.
  for (const type of ["Stamp", "Stamp", "Stamp", "Stamp"]) await send("counter/a", type);
  const slower = store.hold("saveSnapshot");
  const again = host.passivate({ type: "counter", id: "a" });
  await slower.reached;
  slow.release();
  expect(await leaving).toBe(false);
  expect(host.actors()).toMatchObject([{ state: "passivating", version: 10 }]);
  slower.release();
  expect(await again).toBe(true);
  expect(host.actors()).toEqual([]);
  await host.close();
});

test("[R23][R3] what a command is still being dealt with on stays in the table, so that the next command finds its place taken", async () => {
  const { host, store, send } = startHost({ options: { activeLimit: 0 } });
  await send("counter/a", "Open");
  await host.passivate({ type: "counter", id: "a" });
  store.once("heads", () => {
    throw new UnavailableError("away");
  });
  const question = store.hold("outcomes");
  const persistent = { persistent: true };
  const first = host.submit(command("counter/a", "AddIfTotal", { total: 0, amount: 1 }), persistent);
  await question.reached;
  await host.sweep();
  expect(host.actors()).toMatchObject([{ state: "failed" }]);
  store.once("heads", () => {
    throw new UnavailableError("away");
  });
  question.release();
  const second = host.submit(command("counter/a", "AddIfTotal", { total: 1, amount: 1 }), persistent);
  expect(await Promise.all([first, second])).toMatchObject([
    { code: "accepted", changed: [{ version: 2 }] },
    { code: "accepted", changed: [{ version: 3 }] },
  ]);
  await host.close();
});

test("[R23][G12] commands to made-up names leave nothing behind", async () => {
  const { host, store, send } = startHost();
  await send("counter/real", "Open");
  await Promise.all(Array.from({ length: 50 }, (_, index) => send(`counter/missing-${index}`, "Add", { amount: 1 })));
  await Promise.all(Array.from({ length: 50 }, (_, index) => send(`counter/secret-${index}`, "SetSecret", { secret: "x" })));
  await Promise.all(Array.from({ length: 50 }, (_, index) => send("counter/real", "Give", { amount: 1, to: `nobody-${index}` })));
  await host.sweep();
  expect(paths(host)).toEqual(["real"]);
  store.always("heads", () => {
    throw new UnavailableError("away");
  });
  await Promise.all(Array.from({ length: 50 }, (_, index) => send(`counter/away-${index}`, "Add", { amount: 1 })));
  expect(host.actors().filter(({ state }) => state === "failed")).toHaveLength(50);
  await host.close();
});

test("[R23] a table that outgrows activeLimit is swept without waiting for the next second, failed ones first", async () => {
  const { host, store, send } = startHost({ options: { activeLimit: 10, pendingLimit: 5_000 } });
  const failing = store.always("heads", () => {
    throw new UnavailableError("away");
  });
  await Promise.all(Array.from({ length: 2_000 }, (_, index) => send(`counter/away-${index}`, "Add", { amount: 1 })));
  failing();
  for (const type of ["Open", "Stamp"]) {
    for (let chunk = 0; chunk < runsHere(10); chunk += 1) {
      await Promise.all(Array.from({ length: 300 }, (_, index) => send(`counter/new-${chunk}-${index}`, type)));
      await new Promise(setImmediate);
      expect(host.actors().length).toBeLessThanOrEqual(1_010 + 300);
    }
  }
  await host.close();
});

test("[R14][G12] past pendingLimit and past mailboxLimit the answer is busy at once, and keeps nothing", async () => {
  const { host, store, send } = startHost({ options: { pendingLimit: 4, mailboxLimit: 2 } });
  await send("counter/a", "Open");
  await send("counter/b", "Open");
  const commit = store.hold("append");
  const taken = [send("counter/a", "Add", { amount: 1 }), send("counter/a", "Add", { amount: 2 })];
  expect(await send("counter/a", "Add", { amount: 3 })).toMatchObject({
    code: "busy",
    message: expect.stringContaining("counter/a") as string,
  });
  taken.push(send("counter/b", "Add", { amount: 4 }), send("counter/b", "Add", { amount: 5 }));
  expect(await send("counter/c", "Open")).toMatchObject({ code: "busy", message: expect.stringContaining("host") as string });
  expect(paths(host)).toEqual(["a", "b"]);
  await commit.reached;
  commit.release();
  expect((await Promise.all(taken)).every(({ code }) => code === "accepted")).toBe(true);
  expect(await send("counter/c", "Open")).toMatchObject({ code: "accepted" });
  await host.close();
});

test("[R19][G11] a stream that cannot be read is answered internal for whoever needs it, and nobody else", async () => {
  const { host, store, send } = startHost();
  for (const id of ["a", "b"]) await send(`counter/${id}`, "Open");
  const unknown = {
    id: "x/1",
    type: "Exploded",
    schema: 1,
    machine: 1,
    time: new Date().toISOString(),
    data: {},
    meta: { command: "x", actor: null, correlation: "x", causation: null },
  };
  await store.append([{ writes: [{ stream: { type: "counter", id: "bad" }, expected: 0, events: [unknown] }] }]);
  const replies = await Promise.all([
    send("counter/bad", "Add", { amount: 1 }),
    send("counter/a", "Push", { amount: 1, to: "bad" }),
    send("counter/a", "Push", { amount: 1, to: "b" }),
  ]);
  expect(replies).toMatchObject([
    { code: "internal", reason: "unreadable_event" },
    { code: "internal", reason: "unreadable_event" },
    { code: "accepted" },
  ]);
  expect(host.actors().find(({ ref }) => ref.id === "bad")).toMatchObject({ state: "failed" });
  expect(await send("counter/bad", "Open")).toMatchObject({ code: "internal" });
  await host.close();
});

test("[R19] an aggregate that cannot be loaded fails only those who still need it when their turn comes", async () => {
  const { host, store, world, send } = startHost();
  const other = startHost({ store: world });
  for (const id of ["a", "b"]) await other.send(`counter/${id}`, "Open");
  await send("counter/a", "Stamp");
  // The rule names b, and while b is being read the other host closes a: then nobody needs b any more.
  const reading = store.hold("loadSnapshot");
  const given = send("counter/a", "Give", { amount: 1, to: "b" });
  await reading.reached;
  await other.send("counter/a", "Close");
  await expect.poll(() => send("counter/c", "Push", { amount: 1, to: "a" })).toMatchObject({ code: "not_found" });
  store.once("readStream", () => {
    throw new Error("cannot be read");
  });
  reading.release();
  expect((await given).code).toBe("not_found");
  await Promise.all([host.close(), other.host.close()]);
});

test("[R29][G9] the log is all that a new host needs", async () => {
  const one = startHost();
  await one.send("counter/a", "Open");
  await one.host.submit(command("counter/a", "Add", { amount: 3 }));
  const two = startHost({ store: one.world });
  expect(await two.send("counter/a", "AddIfTotal", { total: 3, amount: 1 })).toMatchObject({ code: "accepted" });
  expect(await logOf(one.world)).toHaveLength(3);
  await Promise.all([one.host.close(), two.host.close()]);
});
