import { UnavailableError } from "@aethyr/event-store";
import { replyCodes } from "@aethyr/protocol";
import { expect, test } from "vitest";
import { logOf, startHost } from "../testing/index.ts";

test("[R1] every kind of command is answered with a code of the closed list, and submit never rejects", async () => {
  const { host, send } = startHost();
  const replies = await Promise.all([
    send("counter/a", "Open"),
    send("counter/a", "Throw"),
    send("counter/a", "Illegal"),
    send("counter/a", "SetSecret", { secret: "long enough" }),
    send("counter/a", "SetSecret", { secret: "no" }),
    send("counter/missing", "Add", { amount: 1 }),
    send("nothing/a", "Add"),
    send("counter/a", "Give", { amount: 1, to: "../nowhere" }),
    send("counter/a", "AddIfSum", { others: Array.from({ length: 100 }, (_, index) => `c${index}`), sum: 0, amount: 1 }),
  ]);
  expect(replies.map(({ code }) => code)).toEqual([
    "accepted",
    "internal",
    "internal",
    "accepted",
    "invalid",
    "not_found",
    "invalid",
    "internal",
    "too_large",
  ]);
  for (const { code } of replies) expect(replyCodes).toContain(code);
  await host.close();
});

test("[R2][G2] neither the reply nor the actor runs ahead of the store", async () => {
  const { host, store, send } = startHost();
  await send("counter/a", "Open");
  const commit = store.hold("append");
  let answered = false;
  const reply = send("counter/a", "Add", { amount: 1 }).finally(() => (answered = true));
  await commit.reached;
  await new Promise(setImmediate);
  expect(answered).toBe(false);
  expect(host.actors()).toMatchObject([{ state: "committing", version: 1 }]);
  commit.release();
  expect(await reply).toMatchObject({ code: "accepted", changed: [{ version: 2 }], position: await store.head() });
  expect(host.actors()).toMatchObject([{ state: "ready", version: 2 }]);
  await host.close();
});

test("[R1] what a rule tells with its rejection is in the reply", async () => {
  const { host, send } = startHost();
  await send("counter/a", "Open");
  expect(await send("counter/a", "AddIfTotal", { total: 3, amount: 1 })).toMatchObject({
    code: "rejected",
    reason: "other_total",
    message: "the total is 0",
    details: { total: 0 },
  });
  await host.close();
});

test("[R2] what a commit that fails would have changed is seen by nobody", async () => {
  const { host, store, send } = startHost();
  await send("counter/a", "Open");
  store.once("append", () => {
    throw new UnavailableError("away");
  });
  const [added, checked] = await Promise.all([
    send("counter/a", "Add", { amount: 5 }),
    send("counter/a", "AddIfTotal", { total: 5, amount: 1 }),
  ]);
  expect(added.code).toBe("unavailable");
  expect(checked.code).toBe("unavailable");
  expect(await send("counter/a", "AddIfTotal", { total: 0, amount: 1 })).toMatchObject({ code: "accepted" });
  await host.close();
});

test("[R6][G11] an event that the chart refuses or throws on is answered internal, and nothing of its command is appended", async () => {
  const { host, store, lines, send } = startHost();
  await send("counter/a", "Open");
  const replies = await Promise.all([
    send("counter/a", "AddIfTotal", { total: 0, amount: 1 }),
    send("counter/a", "Illegal"),
    send("counter/a", "Break"),
    send("counter/a", "AddIfTotal", { total: 1, amount: 1 }),
  ]);
  expect(replies).toMatchObject([
    { code: "accepted" },
    { code: "internal", reason: "illegal_event" },
    { code: "internal", reason: "chart_failed" },
    { code: "accepted" },
  ]);
  expect(await logOf(store)).toEqual(["counter/a 1 Opened {}", 'counter/a 2 Added {"amount":1}', 'counter/a 3 Added {"amount":1}']);
  expect(lines.filter(({ level }) => level === "error")).toHaveLength(2);
  await host.close();
});

test("[R7][G9] a rejection on what another host changed meanwhile is not given: the command is decided again", async () => {
  const one = startHost();
  const other = startHost({ store: one.world });
  await one.send("counter/a", "Open");
  await other.send("counter/a", "Add", { amount: 10 });
  expect(await one.send("counter/a", "Add", { amount: -10 })).toMatchObject({ code: "accepted", changed: [{ version: 3 }] });
  await other.send("counter/a", "Add", { amount: -0 });
  await other.send("counter/a", "Close");
  expect(await one.send("counter/a", "Add", { amount: -1 })).toMatchObject({ code: "not_found" });
  await Promise.all([one.host.close(), other.host.close()]);
});

test("[R7] not_found is not given for what another host made meanwhile, nor is a no-op on what it undid", async () => {
  const one = startHost();
  const other = startHost({ store: one.world, keys: one.keys });
  expect(await one.send("counter/a", "Add", { amount: 1 })).toMatchObject({ code: "not_found" });
  await other.send("counter/a", "Open");
  expect(await one.send("counter/a", "Add", { amount: 1 })).toMatchObject({ code: "accepted" });
  await one.send("counter/a", "SetSecret", { secret: "first" });
  await other.send("counter/a", "SetSecret", { secret: "second" });
  expect(await one.send("counter/a", "SetSecret", { secret: "first" })).toMatchObject({ code: "accepted", changed: [{ version: 5 }] });
  await Promise.all([one.host.close(), other.host.close()]);
});

test("[R7] a change that the host learns of while it asks still counts as newer than its rejection", async () => {
  const one = startHost();
  const other = startHost({ store: one.world });
  for (const id of ["a", "b"]) await one.send(`counter/${id}`, "Open");
  await other.send("counter/a", "Add", { amount: 10 });
  const question = one.store.hold("heads");
  // Rejected on the stale state, and being confirmed …
  const rejected = one.send("counter/a", "Give", { amount: 10, to: "b" });
  await question.reached;
  // … while a command of another aggregate meets the same stale state, and has it read anew.
  expect(await one.send("counter/b", "Push", { amount: 1, to: "a" })).toMatchObject({ code: "accepted" });
  question.release();
  expect(await rejected).toMatchObject({ code: "accepted" });
  await Promise.all([one.host.close(), other.host.close()]);
});

test("[R7] a commit of this host that is under way does not hide another's that it loses to", async () => {
  const one = startHost();
  const other = startHost({ store: one.world });
  for (const id of ["a", "b"]) await one.send(`counter/${id}`, "Open");
  const question = one.store.hold("heads");
  const rejected = one.send("counter/a", "Give", { amount: 10, to: "b" });
  await question.reached;
  const commit = one.store.hold("append");
  const pushed = one.send("counter/b", "Push", { amount: 1, to: "a" });
  await commit.reached;
  await other.send("counter/a", "Add", { amount: 10 });
  question.release();
  await new Promise(setImmediate);
  commit.release();
  expect(await rejected).toMatchObject({ code: "accepted" });
  expect(await pushed).toMatchObject({ code: "accepted" });
  await Promise.all([one.host.close(), other.host.close()]);
});

test("[R7] what this host itself commits meanwhile does not make its rejection stale", async () => {
  const { host, store, send } = startHost({ options: { attempts: 1 } });
  for (const id of ["a", "b"]) await send(`counter/${id}`, "Open");
  const question = store.hold("heads");
  const rejected = send("counter/a", "Give", { amount: 10, to: "b" });
  await question.reached;
  const landed = Promise.withResolvers<void>();
  const told = Promise.withResolvers<void>();
  store.once("append", async (go) => {
    const results = await go();
    landed.resolve();
    await told.promise;
    return results;
  });
  const pushed = send("counter/b", "Push", { amount: 1, to: "a" });
  await landed.promise;
  question.release();
  await new Promise(setImmediate);
  told.resolve();
  expect(await pushed).toMatchObject({ code: "accepted" });
  expect(await rejected).toMatchObject({ code: "rejected", reason: "not_enough" });
  await host.close();
});

test("[R7][R9] a rejection that others keep overtaking is answered conflict in the end", async () => {
  const one = startHost({ options: { attempts: 3 } });
  const other = startHost({ store: one.world });
  await one.send("counter/a", "Open");
  one.store.always("heads", async (go) => {
    await other.send("counter/a", "Add", { amount: 1 });
    return go();
  });
  expect(await one.send("counter/a", "Add", { amount: -100 })).toMatchObject({ code: "conflict" });
  await Promise.all([one.host.close(), other.host.close()]);
});
