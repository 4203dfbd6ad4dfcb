import { createMemoryKeyStore, OutcomeUnknownError, UnavailableError } from "@aethyr/event-store";
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { command, logOf, startHost } from "../testing/index.ts";

const persistent = { persistent: true };
const away = () => {
  throw new UnavailableError("away");
};

// Pauses pass at once: only timers are feigned, not the turns of the event loop.
beforeEach(() => void vi.useFakeTimers({ toFake: ["setTimeout", "clearTimeout"] }));
afterEach(() => void vi.useRealTimers());

/** Lets pauses pass until the promise is settled. */
async function passing<T>(promise: Promise<T>): Promise<T> {
  let settled = false;
  void promise.finally(() => (settled = true));
  while (!settled) {
    await vi.advanceTimersByTimeAsync(100);
    await new Promise(setImmediate);
  }
  return promise;
}

test.each([
  ["before", false],
  ["after", true],
])("[R18][G4] persistent commands outlive a store that fails %s doing it, in their order and once each", async (_, done) => {
  const { host, store, send } = startHost();
  await send("counter/a", "Open");
  for (let times = 0; times < 3; times += 1) {
    store.once("append", async (go) => {
      if (done) await go();
      throw done ? new OutcomeUnknownError("broken") : new UnavailableError("away");
    });
  }
  const replies = passing(Promise.all([1, 2, 3, 4].map((amount) => host.submit(command("counter/a", "Add", { amount }), persistent))));
  expect((await replies).map(({ code }) => code)).toEqual(["accepted", "accepted", "accepted", "accepted"]);
  expect(await logOf(store)).toEqual([
    "counter/a 1 Opened {}",
    ...[1, 2, 3, 4].map((amount) => `counter/a ${amount + 1} Added {"amount":${amount}}`),
  ]);
  await host.close();
});

test("[R18][G12] while a persistent command waits, requests to its aggregate are answered unavailable at once, and others are served", async () => {
  const { host, store, send } = startHost();
  await send("counter/a", "Open");
  store.once("append", away);
  const waiting = host.submit(command("counter/a", "Add", { amount: 1 }), persistent);
  await vi.waitUntil(async () => (await send("counter/a", "Add", { amount: 10 })).code === "unavailable");
  const tried = store.calls("append");
  for (let turn = 0; turn < 10; turn += 1) await new Promise(setImmediate);
  expect(store.calls("append")).toBe(tried);
  expect(await send("counter/b", "Open")).toMatchObject({ code: "accepted" });
  expect(await passing(waiting)).toMatchObject({ code: "accepted" });
  expect(await send("counter/a", "Add", { amount: 10 })).toMatchObject({ code: "accepted" });
  await host.close();
});

test("[R18] a failing load, a failing confirmation and a failing key store are tried again as well, in order", async () => {
  const keys = createMemoryKeyStore();
  let failing = true;
  const { host, store } = startHost({ keys: { ...keys, obtain: async (subject) => (failing ? away() : keys.obtain(subject)) } });
  store.once("heads", away as never);
  const opened = host.submit(command("counter/a", "Open"), persistent);
  expect(await passing(opened)).toMatchObject({ code: "accepted" });
  store.once("outcomes", away as never);
  expect(await passing(host.submit(command("counter/a", "Open"), persistent))).toMatchObject({
    code: "rejected",
    reason: "already_exists",
  });
  const both = Promise.all([
    host.submit(command("counter/a", "Add", { amount: 1 }), persistent),
    host.submit(command("counter/a", "SetSecret", { secret: "secret" }), persistent),
    host.submit(command("counter/a", "Add", { amount: 2 }), persistent),
  ]);
  await vi.advanceTimersByTimeAsync(1_000);
  failing = false;
  expect((await passing(both)).map(({ code }) => code)).toEqual(["accepted", "accepted", "accepted"]);
  expect((await store.readAll(0)).map(({ type }) => type)).toEqual(["Opened", "Added", "SecretSet", "Added"]);
  await host.close();
});

test("[R18][R9] a conflict that does not end is no answer either: it is tried again later, before what came after it", async () => {
  const one = startHost({ options: { attempts: 2 } });
  const other = startHost({ store: one.world });
  await one.send("counter/a", "Open");
  let times = 0;
  const peace = one.store.always("append", async (go) => {
    times += 1;
    if (times > 5) peace();
    else await other.send("counter/a", "Add", { amount: 100 });
    return go();
  });
  const replies = passing(Promise.all([1, 2, 3].map((amount) => one.host.submit(command("counter/a", "Add", { amount }), persistent))));
  expect((await replies).map(({ code }) => code)).toEqual(["accepted", "accepted", "accepted"]);
  expect((await logOf(one.store)).slice(-3)).toEqual([
    'counter/a 7 Added {"amount":1}',
    'counter/a 8 Added {"amount":2}',
    'counter/a 9 Added {"amount":3}',
  ]);
  await Promise.all([one.host.close(), other.host.close()]);
});

test("[R14] persistent commands are not turned away as too many", async () => {
  const { host } = startHost({ options: { pendingLimit: 1, mailboxLimit: 1 } });
  const replies = await Promise.all(["Open", "Stamp", "Stamp", "Stamp"].map((type) => host.submit(command("counter/a", type), persistent)));
  expect(replies.map(({ code }) => code)).toEqual(["accepted", "accepted", "accepted", "accepted"]);
  await host.close();
});

test("[R26][R18] a host that stops gives back what waits for the store, and answers what comes after with unavailable", async () => {
  const { host, store, send } = startHost();
  await send("counter/a", "Open");
  store.always("append", away);
  const waiting = [1, 2].map((amount) => host.submit(command("counter/a", "Add", { amount }), persistent));
  await vi.waitUntil(async () => (await send("counter/a", "Stamp")).code === "unavailable");
  await host.close();
  expect((await Promise.all(waiting)).map(({ code }) => code)).toEqual(["unavailable", "unavailable"]);
  expect(await host.submit(command("counter/a", "Add", { amount: 3 }), persistent)).toMatchObject({ code: "unavailable" });
});
