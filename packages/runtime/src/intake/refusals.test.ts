import type { Json } from "@aethyr/kernel";
import { expect, test } from "vitest";
import { startHost } from "../testing/index.ts";

test("[R12][G11] what is no command of the domain is invalid, and so is said what there is; nothing is loaded, nothing stays", async () => {
  const { host, store, send } = startHost();
  const replies = [
    await send("dragon/a", "Open"),
    await send("counter/a", "Fly"),
    await send("counter/a", "Add", { amount: "much" }),
    await send("counter/.hidden", "Open"),
    await send("counter/a", "Open", {}, { id: "x".repeat(129) }),
  ];
  expect(replies).toMatchObject([
    { code: "invalid", reason: "unknown_aggregate_type" },
    { code: "invalid", reason: "unknown_command" },
    { code: "invalid", reason: "invalid_input", issues: [{ path: "amount" }] },
    { code: "invalid", reason: "invalid_target" },
    { code: "invalid", reason: "invalid_id" },
  ]);
  expect(host.actors()).toEqual([]);
  expect(store.calls("heads") + store.calls("readStream") + store.calls("append")).toBe(0);
  // It is asked only whether those were commands once that may have been.
  expect(store.calls("outcomes")).toBe(2);
  await host.close();
});

test("[R3][R12] what is refused without being decided is answered after what came before it all the same", async () => {
  const { host, store, send } = startHost();
  await send("counter/a", "Open");
  const commit = store.hold("append");
  const answered: string[] = [];
  const asked = (name: string, type: string, data: Json) =>
    send("counter/a", type, data).then(({ code }) => answered.push(`${name} ${code}`));
  const first = [asked("one", "Add", { amount: 1 }), asked("two", "Add", { amount: "much" })];
  await commit.reached;
  const question = await send("counter/b", "Add", { amount: "much" });
  expect(question.code).toBe("invalid");
  expect(answered).toEqual([]);
  commit.release();
  await Promise.all(first);
  const second = store.hold("append");
  const more = [asked("three", "Add", { amount: 1 })];
  await second.reached;
  more.push(asked("four", "Fly", {}));
  await send("counter/b", "Fly");
  second.release();
  await Promise.all(more);
  expect(answered).toEqual(["one accepted", "two invalid", "three accepted", "four invalid"]);
  await host.close();
});

test("[R13][G12] a rule that throws fails its command only, and one bad name fails nobody else's question", async () => {
  const { host, send } = startHost();
  const replies = await Promise.all([
    send("counter/a", "Open"),
    send("counter/a", "Throw"),
    send("counter/b", "Open"),
    send("counter/a", "AddIfTotal", { total: 0, amount: 1 }),
  ]);
  expect(replies.map(({ code }) => code)).toEqual(["accepted", "internal", "accepted", "accepted"]);
  const together = await Promise.all([
    send("counter/a", "Give", { amount: 1, to: "no such / name" }),
    send("counter/c", "Open"),
    send("counter/d", "Add", { amount: -1 }),
  ]);
  expect(together.map(({ code }) => code)).toEqual(["internal", "accepted", "not_found"]);
  await host.close();
});
