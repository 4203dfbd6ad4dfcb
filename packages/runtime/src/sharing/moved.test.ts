import type { FencedEventStore } from "@aethyr/event-store";
import { ref } from "@aethyr/kernel";
import { expect, test, vi } from "vitest";
import { command, logOf, onRealEngine, openFencedTestStore, placing, startHost } from "../testing/index.ts";
import type { Moved } from "../deciding/committing.ts";

const there = openFencedTestStore() !== undefined;

/** Two hosts of one world: the first has partition 1, the second has 2. */
async function twoHosts(world: FencedEventStore) {
  const [one, two] = [placing(world), placing(world)];
  await Promise.all([one.take(1), two.take(2)]);
  const told: Moved[] = [];
  const onMoved = (these: readonly Moved[]) => void told.push(...these);
  const hosts = [startHost({ store: world, ownership: one, onMoved }), startHost({ store: world, ownership: two })] as const;
  await hosts[0].send("counter/a1", "Open");
  await hosts[1].send("counter/a2", "Open");
  await hosts[0].send("counter/a1", "Add", { amount: 100 });
  return { hosts, told, close: () => Promise.all(hosts.map(({ host }) => host.close())) };
}

const conflictsOf = async ({ host }: ReturnType<typeof startHost>) =>
  Number(/^aethyr_conflicts_total (\d+)/m.exec(await host.metrics.text())?.[1]);

test.runIf(there)(
  "[R39][G5] a command over aggregates of two owners is one commit; told is where it left the streams of the other",
  async () => {
    const { hosts, told, close } = await twoHosts(openFencedTestStore()!);
    const [one] = hosts;
    const gifts = await Promise.all([1, 2, 3].map((amount) => one.send("counter/a1", "Give", { amount, to: "a2" })));
    expect(gifts.map(({ code }) => code)).toEqual(["accepted", "accepted", "accepted"]);
    // One transaction: the newest version of each stream, and nothing of one's own.
    expect(told).toEqual([{ stream: ref("counter", "a2"), version: 4 }]);
    await one.send("counter/a1", "Add", { amount: 1 });
    expect(await one.send("counter/a1", "Give", { amount: 1_000, to: "a2" })).toMatchObject({ code: "rejected" });
    expect(told).toHaveLength(1);
    await close();
  },
);

test.runIf(there)(
  "[R39][G1] an owner that is told reads what another wrote before it decides, one that is not finds out by a conflict",
  async () => {
    const { hosts, close } = await twoHosts(openFencedTestStore()!);
    const [one, two] = hosts;
    await one.send("counter/a1", "Give", { amount: 5, to: "a2" });
    expect(await two.send("counter/a2", "AddIfTotal", { total: 5, amount: 1 })).toMatchObject({ code: "accepted" });
    const before = await conflictsOf(two);

    await one.send("counter/a1", "Give", { amount: 5, to: "a2" });
    two.host.moved(ref("counter", "a2"), 4);
    two.host.moved(ref("counter", "nobody"), 4);
    expect(await two.send("counter/a2", "AddIfTotal", { total: 11, amount: 1 })).toMatchObject({
      code: "accepted",
      changed: [{ version: 5 }],
    });
    expect(await conflictsOf(two)).toBe(before);
    await close();
  },
);

test.runIf(there)("[R39] what is told while the actor is being committed is read after that, before the next is decided", async () => {
  const { hosts, close } = await twoHosts(openFencedTestStore()!);
  const [one, two] = hosts;
  two.store.once("append", async (go) => {
    const made = await go();
    await one.send("counter/a1", "Give", { amount: 5, to: "a2" });
    two.host.moved(ref("counter", "a2"), 3);
    return made;
  });
  const appends = two.store.calls("append");
  const first = two.send("counter/a2", "Add", { amount: 1 });
  await vi.waitUntil(() => two.store.calls("append") > appends);
  expect(await two.send("counter/a2", "AddIfTotal", { total: 6, amount: 1 })).toMatchObject({
    code: "accepted",
    changed: [{ version: 4 }],
  });
  expect(await first).toMatchObject({ code: "accepted", changed: [{ version: 2 }] });
  expect(await conflictsOf(two)).toBe(0);
  await close();
});

test.runIf(there)("[R39] to be told nonsense costs one look at the log, and what is known already costs nothing", async () => {
  const world = openFencedTestStore()!;
  const { hosts, close } = await twoHosts(world);
  const [, two] = hosts;
  const reads = two.store.calls("readStream");
  for (const version of [0, 1, -3, Number.NaN]) two.host.moved(ref("counter", "a2"), version);
  expect(await two.send("counter/a2", "Add", { amount: 1 })).toMatchObject({ code: "accepted" });
  expect(two.store.calls("readStream")).toBe(reads);
  two.host.moved(ref("counter", "a2"), 1_000_000);
  expect(await two.send("counter/a2", "Add", { amount: 1 })).toMatchObject({ code: "accepted" });
  expect(await two.send("counter/a2", "Add", { amount: 1 })).toMatchObject({ code: "accepted" });
  expect(two.store.calls("readStream")).toBe(reads + 1);
  expect(await logOf(world)).toHaveLength(6);
  expect(await two.host.submit(command("counter/a2", "AddIfTotal", { total: 3, amount: 1 }))).toMatchObject({ code: "accepted" });
  await close();
});

test.runIf(there && !onRealEngine())(
  "[R40] an owner leaves a stream to others for a moment only where it overtook them itself, once between two commits",
  async () => {
    const { hosts, close } = await twoHosts(openFencedTestStore()!);
    const [one, two] = hosts;
    const a2 = ref("counter", "a2");
    // Pauses end when the test says so.
    vi.useFakeTimers({ toFake: ["setTimeout", "clearTimeout"] });
    const restsOn = async (version: number): Promise<boolean> => {
      two.host.moved(a2, version);
      let answered = false;
      const asked = two.send("counter/a2", "Add", { amount: 0 }).then(() => (answered = true));
      for (let turn = 0; turn < 20; turn += 1) await new Promise(setImmediate);
      const rests = !answered;
      await vi.advanceTimersByTimeAsync(500);
      await asked;
      return rests;
    };
    try {
      // Versions 1 and 3 are its own, 2 is of the other host.
      await one.send("counter/a1", "Give", { amount: 5, to: "a2" });
      two.host.moved(a2, 2);
      await two.send("counter/a2", "Add", { amount: 1 });
      expect(await restsOn(2)).toBe(false);
      expect(await restsOn(3)).toBe(true);
      expect(await restsOn(3)).toBe(false);
      await two.send("counter/a2", "Add", { amount: 1 });
      expect(await restsOn(3)).toBe(true);
    } finally {
      vi.useRealTimers();
    }
    await close();
  },
);
