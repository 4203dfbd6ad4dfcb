import { OutcomeUnknownError, UnavailableError } from "@aethyr/event-store";
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { createInDoubt } from "../answering/in-doubt.ts";
import { systemPorts } from "../ports.ts";
import { command, logOf, positionsOf, startHost as hostOf, type TestHost } from "../testing/index.ts";

const away = () => {
  throw new UnavailableError("away");
};
const codesOf = async (replies: readonly Promise<{ readonly code: string }>[]) => (await Promise.all(replies)).map(({ code }) => code);
const gauge = async ({ host }: TestHost, name: string) => Number(new RegExp(`^${name} (\\d+)$`, "m").exec(await host.metrics.text())?.[1]);

// The looks at the store pass when a test says so: only intervals are feigned.
beforeEach(() => void vi.useFakeTimers({ toFake: ["setInterval", "clearInterval"] }));
afterEach(() => void vi.useRealTimers());

let time = 0;
/** A process that has nothing to do but listen, however little time passes in a test; and one that has no moment for it. */
const listening = { ...systemPorts, monotonic: () => (time += 1), idleMs: () => time };
const busy = { ...listening, idleMs: () => 0 };
const startHost = (parts: Parameters<typeof hostOf>[0] = {}) => hostOf({ ports: listening, ...parts });

/** As long as the store may be silent before it counts as away. */
const silence = () => vi.advanceTimersByTime(990);

test("[R31][A18] what waits for a store that does not answer is answered unavailable, what comes then at once, and all is well when it answers", async () => {
  const test = startHost({ options: { batchesInFlight: 2 } });
  const { host, store, send } = test;
  for (const id of ["a", "b", "c"]) await send(`counter/${id}`, "Open");
  const [one, two] = [store.hold("append"), store.hold("append")];
  const inFlight = [send("counter/a", "Add", { amount: 1 })];
  await one.reached;
  inFlight.push(send("counter/b", "Add", { amount: 1 }));
  await two.reached;
  const waiting = [send("counter/a", "Add", { amount: 10 }), send("counter/c", "Add", { amount: 10 }), send("counter/d", "Open")];
  silence();
  expect(await codesOf(waiting)).toEqual(["unavailable", "unavailable", "unavailable"]);
  expect(await codesOf([send("counter/c", "Add", { amount: 10 }), send("counter/e", "Open")])).toEqual(["unavailable", "unavailable"]);
  expect(await gauge(test, "aethyr_queue_depth")).toBe(2);
  expect(host.actors().find(({ ref }) => ref.id === "c")).toMatchObject({ state: "ready", version: 1 });
  one.release();
  two.release();
  expect(await codesOf(inFlight)).toEqual(["accepted", "accepted"]);
  expect(await codesOf([send("counter/a", "Add", { amount: 2 }), send("counter/c", "Add", { amount: 2 })])).toEqual([
    "accepted",
    "accepted",
  ]);
  expect((await logOf(store)).filter((line) => line.includes("10"))).toEqual([]);
  await host.close();
});

test.each(["heads", "outcomes", "readStream"] as const)("[R31] where %s is what does not answer, it is the same", async (method) => {
  const { host, store, world, send } = startHost();
  const other = startHost({ store: world });
  for (const id of ["a", "b"]) await other.send(`counter/${id}`, "Open");
  await send("counter/b", "Add", { amount: 1 });
  const held = store.hold(method);
  // Loads one, is rejected on the other.
  const waiting = method === "outcomes" ? send("counter/b", "Add", { amount: -9 }) : send("counter/a", "Add", { amount: 1 });
  await held.reached;
  silence();
  expect((await waiting).code).toBe("unavailable");
  expect((await send("counter/b", "Add", { amount: 1 })).code).toBe("unavailable");
  held.release();
  await vi.waitUntil(async () => (await send("counter/b", "Add", { amount: 1 })).code === "accepted");
  expect((await send("counter/a", "Add", { amount: 1 })).code).toBe("accepted");
  await Promise.all([host.close(), other.host.close()]);
});

test("[R31][R18] persistent commands wait for the store, in order, and requests to their aggregate do not hold them up", async () => {
  const { host, store, send } = startHost({ options: { batchesInFlight: 1 } });
  await send("counter/a", "Open");
  const held = store.hold("append");
  const persistent = { persistent: true };
  const kept = [1, 2, 3].map((amount) => host.submit(command("counter/a", "Add", { amount }), persistent));
  await held.reached;
  const late = host.submit(command("counter/a", "Add", { amount: 4 }), persistent);
  const request = send("counter/a", "Add", { amount: 100 });
  silence();
  expect((await request).code).toBe("unavailable");
  held.release();
  expect(await codesOf([...kept, late])).toEqual(["accepted", "accepted", "accepted", "accepted"]);
  expect((await logOf(store)).slice(1)).toEqual([1, 2, 3, 4].map((amount) => `counter/a ${amount + 1} Added {"amount":${amount}}`));
  await host.close();
});

test("[R31][R16] a store that fails at once is asked each time, and used again as soon as it is back", async () => {
  const { host, store, send } = startHost();
  await send("counter/a", "Open");
  const back = store.always("append", away);
  for (let times = 0; times < 3; times += 1) {
    expect((await send("counter/a", "Add", { amount: 1 })).code).toBe("unavailable");
    silence();
  }
  back();
  expect((await send("counter/a", "Add", { amount: 1 })).code).toBe("accepted");
  await host.close();
});

test("[R31] a slow store that answers somebody is not taken for away, nor is any where that is switched off", async () => {
  const { host, store, send } = startHost();
  for (const id of ["a", "b"]) await send(`counter/${id}`, "Open");
  const slow = store.hold("append");
  const waiting = send("counter/a", "Add", { amount: 1 });
  await slow.reached;
  for (let times = 0; times < 6; times += 1) {
    vi.advanceTimersByTime(300);
    expect((await send("counter/b", "Add", { amount: 1 })).code).toBe("accepted");
  }
  slow.release();
  expect((await waiting).code).toBe("accepted");
  await host.close();

  const never = startHost({ options: { stallMs: 0 } });
  const held = never.store.hold("heads");
  const opened = never.send("counter/a", "Open");
  await held.reached;
  silence();
  held.release();
  expect((await opened).code).toBe("accepted");
  await never.host.close();
});

test("[R31] what a process is too busy to hear is no silence of the store", async () => {
  const { host, store, send } = startHost({ ports: busy });
  await send("counter/a", "Open");
  const held = store.hold("append");
  const waiting = send("counter/a", "Add", { amount: 1 });
  await held.reached;
  for (let times = 0; times < 5; times += 1) silence();
  expect((await send("counter/b", "Open", {}, {})).code).toBe("accepted");
  held.release();
  expect((await waiting).code).toBe("accepted");
  await host.close();
});

test("[R32][G3] a command whose outcome is not known stays so while the store is away, whatever stands in its way", async () => {
  const { host, store, send } = startHost({ options: { mailboxLimit: 1 } });
  await send("counter/a", "Open");
  const id = "in-doubt";
  const ask = () => send("counter/a", "Add", { amount: 1 }, { id });
  store.once("append", async (go) => {
    await go();
    throw new OutcomeUnknownError("lost");
  });
  const back = [store.always("heads", away), store.always("readStream", away), store.always("outcomes", away)];
  expect((await ask()).code).toBe("outcome_unknown");
  // It cannot be loaded; nor can anything else there, of which that is the whole truth.
  expect((await ask()).code).toBe("outcome_unknown");
  expect((await send("counter/a", "Add", { amount: 1 })).code).toBe("unavailable");
  const held = store.hold("heads");
  const waiting = [send("counter/a", "Add", { amount: 5 }), ask(), send("counter/a", "Add", { amount: 7 })];
  await held.reached;
  expect(await codesOf(waiting.slice(1))).toEqual(["outcome_unknown", "busy"]);
  silence();
  expect(await codesOf([...waiting, ask()])).toEqual(["unavailable", "outcome_unknown", "busy", "outcome_unknown"]);
  held.release();
  for (const end of back) end();
  await vi.waitUntil(async () => (await send("counter/a", "Stamp")).code === "accepted");
  expect(await ask()).toMatchObject({ code: "accepted", position: (await positionsOf(store))[1] });
  store.always("append", away);
  // A repeat of what is known not to be in doubt any more.
  expect((await ask()).code).toBe("unavailable");
  await host.close();
});

test("[R32] the commands in doubt that are remembered are bounded", () => {
  const inDoubt = createInDoubt(2);
  for (const id of ["a", "b", "c"]) inDoubt.add(id);
  expect(["a", "b", "c"].map(inDoubt.has)).toEqual([false, true, true]);
  inDoubt.resolve("b");
  expect(inDoubt.has("b")).toBe(false);
});
