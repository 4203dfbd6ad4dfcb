import { StoreError, UnavailableError, type Commit, type FencedEventStore } from "@aethyr/event-store";
import { ref } from "@aethyr/kernel";
import { expect, test, vi } from "vitest";
import { command, logOf, openFencedTestStore, placing, startHost, type Placing, type TestHost } from "../testing/index.ts";

const persistent = { persistent: true };
const there = openFencedTestStore() !== undefined;

/** A host on a world that it shares. */
function joining(world: FencedEventStore, parts: Parameters<typeof startHost>[0] = {}): TestHost & { readonly placed: Placing } {
  const placed = placing(world);
  return { ...startHost({ store: world, ownership: placed, ...parts }), placed };
}

const codesOf = (replies: readonly { readonly code: string }[]): readonly string[] => replies.map(({ code }) => code);

test.runIf(there)(
  "[R36][G6] a command for what the host does not own is answered at once, on either lane, and nothing is read or kept",
  async () => {
    const { host, store, send, placed } = joining(openFencedTestStore()!);
    await placed.take(1);
    expect(await send("counter/a1", "Open")).toMatchObject({ code: "accepted" });
    const before = [store.calls("heads"), store.calls("append")];
    expect(await send("counter/a2", "Open")).toMatchObject({ code: "unavailable" });
    expect(await host.submit(command("counter/a2", "Open"), persistent)).toMatchObject({ code: "unavailable" });
    expect([store.calls("heads"), store.calls("append")]).toEqual(before);
    expect(host.actors().map(({ ref: { id } }) => id)).toEqual(["a1"]);
    await host.close();
  },
);

test.runIf(there)(
  "[R36][G6] what waits when ownership goes is given back when its turn comes, what is being committed is finished",
  async () => {
    const { host, store, send, placed } = joining(openFencedTestStore()!);
    await placed.take(1);
    await send("counter/a1", "Open");
    const commit = store.hold("append");
    const first = send("counter/a1", "Push", { amount: 1, to: "a1" });
    const second = send("counter/a1", "Add", { amount: 2 });
    await commit.reached;
    const late = [send("counter/a1", "Add", { amount: 3 }), host.submit(command("counter/a1", "Add", { amount: 4 }), persistent)];
    placed.release(1);
    commit.release();
    expect(codesOf(await Promise.all([first, second, ...late]))).toEqual(["accepted", "accepted", "unavailable", "unavailable"]);
    expect(await logOf(store)).toHaveLength(3);
    await host.sweep();
    expect(host.actors()).toEqual([]);
    await host.close();
  },
);

test.runIf(there)(
  "[R37][G6] a host that was fenced out, and does not know it yet, does not answer what changes nothing either",
  async () => {
    const world = openFencedTestStore()!;
    const [old, next] = [joining(world), joining(world)];
    const lost = await old.placed.take(1);
    await old.send("counter/a1", "Open");
    await next.placed.take(1);
    // Both of them hear a request in such a moment; the next owner's answer is the true one.
    const refused = command("counter/a1", "Give", { amount: 1, to: "b1" });
    expect(await old.host.submit(refused)).toMatchObject({ code: "unavailable" });
    expect(await old.send("counter/nobody1", "Add", { amount: 1 })).toMatchObject({ code: "unavailable" });
    expect(await next.host.submit(refused)).toMatchObject({ code: "rejected" });
    expect(old.placed.lost).toEqual([lost]);
    await Promise.all([old.host.close(), next.host.close()]);
  },
);

test.runIf(there)(
  "[R37][G6] a host that was fenced out with a full mailbox and a transaction under way commits nothing more of that partition, and goes on with the others",
  async () => {
    const world = openFencedTestStore()!;
    const [old, next] = [joining(world), joining(world)];
    const lost = await old.placed.take(1);
    await old.placed.take(2);
    for (const id of ["a1", "b1", "c2"]) await old.send(`counter/${id}`, "Open");
    // Paused in the middle of an append, as by SIGSTOP: one transaction over both partitions, and all that comes behind it.
    const append = old.store.hold("append");
    const caught = [
      command("counter/a1", "Add", { amount: 1 }),
      command("counter/a1", "Add", { amount: 2 }),
      command("counter/b1", "Give", { amount: 1, to: "a1" }),
      command("counter/a1", "Give", { amount: 1, to: "c2" }),
    ];
    const mine = command("counter/c2", "Add", { amount: 10 });
    const [mineReply, ...inFlight] = [mine, ...caught].map((each) => old.host.submit(each));
    await append.reached;
    const behind = Array.from({ length: 200 }, (_, at) => command(`counter/${at % 2 === 0 ? "a1" : "b1"}`, "Add", { amount: 1 }));
    const waiting = behind.map((each, at) => old.host.submit(each, { persistent: at % 3 === 0 }));

    await next.placed.take(1);
    expect(await next.send("counter/a1", "Add", { amount: 100 })).toMatchObject({ code: "accepted", changed: [{ version: 2 }] });
    append.release();

    const answers = codesOf(await Promise.all([...inFlight, ...waiting]));
    // Only that b1 has nothing to give was true whoever says it; it was not said, as another is to say it now.
    expect(new Set(answers)).toEqual(new Set(["unavailable"]));
    expect(await mineReply).toMatchObject({ code: "accepted" });
    expect(old.placed.lost).toEqual([lost]);
    const ids = [...caught, ...behind].map(({ id }) => id);
    expect(await world.outcomes(ids)).toEqual(ids.map(() => undefined));
    expect((await logOf(world)).slice(3)).toEqual(
      expect.arrayContaining(['counter/a1 2 Added {"amount":100}', 'counter/c2 2 Added {"amount":10}']),
    );
    expect(await logOf(world)).toHaveLength(5);
    await vi.waitUntil(async () => {
      await old.host.sweep();
      return old.host.actors().every(({ ref: { id } }) => id === "c2");
    });
    expect(old.host.snapshot(ref("counter", "a1"))).toBeUndefined();

    // The same commands, at their new owner: each takes effect, once.
    for (const each of caught.slice(0, 2)) expect(await next.host.submit(each)).toMatchObject({ code: "accepted" });
    expect(await old.send("counter/c2", "AddIfTotal", { total: 10, amount: 1 })).toMatchObject({ code: "accepted" });
    await Promise.all([old.host.close(), next.host.close()]);
  },
);

test.runIf(there)("[R37][G6] the same partition, taken anew, is its host's again", async () => {
  const world = openFencedTestStore()!;
  const [one, other] = [joining(world), joining(world)];
  await one.placed.take(1);
  await one.send("counter/a1", "Open");
  await other.placed.take(1);
  expect(await one.send("counter/a1", "Add", { amount: 1 })).toMatchObject({ code: "unavailable" });
  expect(await one.send("counter/a1", "Add", { amount: 1 })).toMatchObject({ code: "unavailable" });
  expect(one.placed.lost).toHaveLength(1);
  other.placed.release(1);
  await one.placed.take(1);
  expect(await one.send("counter/a1", "Add", { amount: 1 })).toMatchObject({ code: "accepted", changed: [{ version: 2 }] });
  await Promise.all([one.host.close(), other.host.close()]);
});

test.runIf(there)("[R37][G3][G6] a repeat of what took effect is told as it was recorded, a refusal is left to the owner", async () => {
  const { host, store, send, placed } = joining(openFencedTestStore()!);
  await placed.take(1);
  const open = command("counter/a1", "Open");
  const first = await host.submit(open);
  const question = store.hold("outcomes");
  const asked = [host.submit(open), host.submit(command("counter/b1", "Add", { amount: 1 }))];
  await question.reached;
  placed.release(1);
  question.release();
  expect(await Promise.all(asked)).toEqual([first, expect.objectContaining({ code: "unavailable" })]);
  expect(await send("counter/a1", "Add", { amount: -1 })).toMatchObject({ code: "unavailable" });
  await host.close();
});

test.runIf(there)(
  "[R36][R18][G6] a persistent command that waits for a store that is away leaves the host with its partition",
  async () => {
    const { host, store, send, placed } = joining(openFencedTestStore()!);
    await placed.take(1);
    await send("counter/a1", "Open");
    const back = store.always("append", () => {
      throw new UnavailableError("away");
    });
    const waiting = [1, 2, 3].map((amount) => host.submit(command("counter/a1", "Add", { amount }), persistent));
    await vi.waitUntil(() => store.calls("append") > 2);
    placed.release(1);
    expect(codesOf(await Promise.all(waiting))).toEqual(["unavailable", "unavailable", "unavailable"]);
    back();
    await host.sweep();
    expect(host.actors()).toEqual([]);
    expect(await logOf(store)).toHaveLength(1);
    await host.close();
  },
);

test.runIf(there)("[R37][G2] where it is not known whether an attempt before the fence took effect, that is what is said", async () => {
  const world = openFencedTestStore()!;
  const [old, next] = [joining(world), joining(world)];
  await old.placed.take(1);
  await old.send("counter/a1", "Open");
  const add = command("counter/a1", "Add", { amount: 1 });
  old.store.once("append", () => {
    throw new StoreError("outcome_unknown", "no answer");
  });
  expect(await old.host.submit(add)).toMatchObject({ code: "outcome_unknown" });
  await next.placed.take(1);
  expect(await old.host.submit(add)).toMatchObject({ code: "outcome_unknown" });
  expect(await next.host.submit(add)).toMatchObject({ code: "accepted", changed: [{ version: 2 }] });
  await Promise.all([old.host.close(), next.host.close()]);
});

test.runIf(there)("[R37][G6] no commit goes without its fence, also where a host is sure in one moment and not in the next", async () => {
  const world = openFencedTestStore()!;
  const placed = placing(world);
  const fence = await placed.take(1);
  let asked = 0;
  const unsure = (target: Parameters<Placing["fenceOf"]>[0]) => ((asked += 1) % 7 === 0 ? undefined : placed.fenceOf(target));
  const { host, store, send } = startHost({ store: world, ownership: { ...placed, fenceOf: unsure } });
  const fences: unknown[] = [];
  store.always("append", (go, [commits]) => {
    fences.push(...(commits as readonly Commit[]).map((commit) => commit.fence));
    return go();
  });
  const codes = new Set<string>();
  for (let number = 0; number < 60; number += 1) codes.add((await send(`counter/c${number}.1`, "Open")).code);
  expect([...codes].sort()).toEqual(["accepted", "unavailable"]);
  expect(new Set(fences)).toEqual(new Set([fence]));
  await host.close();
});
