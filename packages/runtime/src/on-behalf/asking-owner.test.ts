import { createInProcessBus } from "@aethyr/bus";
import { decodeReply, refused, type Reply } from "@aethyr/protocol";
import { describe, expect, test } from "vitest";
import { silentLog } from "../ports.ts";
import { serveCommands } from "../serving/serve.ts";
import { contextsOf, logOf, openFencedTestStore, placing, runsHere, startHost } from "../testing/index.ts";
import type { AskOwner } from "./asking-owner.ts";
import { askOwnerOver } from "./over-the-bus.ts";
import { encodeOnBehalf, parseOnBehalf, type OnBehalf } from "./request.ts";

const world = () => openFencedTestStore()!;

/** Two hosts of one world: the first has what ends in 1, the second what ends in 2. Each asks the other as `between` lets it. */
async function twoHosts(between: (ask: AskOwner) => AskOwner = (ask) => ask) {
  const store = world();
  const [first, second] = [placing(store), placing(store)];
  await Promise.all([first.take(1), second.take(2)]);
  const asked: OnBehalf[] = [];
  // As it comes over a bus.
  const to = (host: () => { decideFor(asked: OnBehalf): Promise<Reply> }): AskOwner =>
    between((request) => {
      asked.push(request);
      return host().decideFor(parseOnBehalf(encodeOnBehalf(request)));
    });
  const one = startHost({ store, answers: store.answers, ownership: first, askOwner: to(() => two.host) });
  const two = startHost({ store, answers: store.answers, ownership: second, askOwner: to(() => one.host) });
  for (const [host, name] of [
    [one, "g1"],
    [one, "h1"],
    [two, "c2"],
    [two, "d2"],
  ] as const) {
    await host.send(`counter/${name}`, "Open");
    await host.send(`counter/${name}`, "Add", { amount: 1_000 });
  }
  const give = (from: string, to: string, amount = 1, id?: string) =>
    (from.endsWith("1") ? one : two).send(`counter/${from}`, "Give", { amount, to }, id === undefined ? {} : { id });
  return {
    store,
    one,
    two,
    first,
    second,
    asked,
    give,
    /** What the first host knows of the second's chest is old from now on. */
    async overtake() {
      await give("g1", "c2");
      await two.send("counter/c2", "Add", { amount: 1 });
    },
    close: () => Promise.all([one.host.close(), two.host.close()]),
  };
}

describe.runIf(openFencedTestStore() !== undefined)("[R42] a command that is overtaken on another host's aggregate", () => {
  test("[R42][G1][G5] is decided there, once, and its own host goes on from what it came to, in order", async () => {
    const { store, one, first, asked, give, overtake, close } = await twoHosts();
    await overtake();
    const appends = one.store.calls("append");
    const replies = await Promise.all([give("g1", "c2", 5), one.send("counter/g1", "Tell"), give("g1", "c2", 7)]);
    expect(replies.map(({ code }) => code)).toEqual(["accepted", "accepted", "accepted"]);
    // The next ones are sent at once, until one is not about the chest.
    expect(asked.map(({ command, contended, versions }) => [command.type, contended.id, versions[0]?.version])).toEqual([
      ["Give", "c2", 3],
      ["Tell", "c2", 4],
    ]);
    expect(asked[0]?.fence).toEqual(first.fenceOf({ type: "counter", id: "g1" }));
    // Its own attempt, and the last gift.
    expect(one.store.calls("append") - appends).toBe(2);
    const log = await logOf(store);
    expect(log.slice(-5)).toEqual([
      'counter/g1 4 Added {"amount":-5}',
      'counter/c2 5 Added {"amount":5}',
      'counter/g1 5 Told {"total":994}',
      'counter/g1 6 Added {"amount":-7}',
      'counter/c2 6 Added {"amount":7}',
    ]);
    expect(await one.host.metrics.text()).toContain('aethyr_asked_owners_total{code="accepted"} 2');
    await close();
  });

  test("[R42][G3] is answered as the first time when it is sent again, whoever is asked", async () => {
    const { one, two, give, overtake, close } = await twoHosts();
    await overtake();
    const reply = await give("g1", "c2", 5, "once");
    expect(await give("g1", "c2", 5, "once")).toEqual(reply);
    await two.send("counter/c2", "Add", { amount: 1 });
    expect(await give("g1", "c2", 5, "once")).toEqual(reply);
    expect((await contextsOf(one.world)).get("counter/g1")?.total).toBe(994);
    await close();
  });

  test.each([
    ["unavailable", () => Promise.resolve(refused("", "unavailable", "not now"))],
    ["conflict", () => Promise.resolve(refused("", "conflict", "overtaken here as well"))],
    ["rejected", () => Promise.resolve(refused("", "rejected", "as it sees it"))],
    ["outcome_unknown", () => Promise.resolve(refused("", "outcome_unknown", "no answer came"))],
  ] satisfies [string, AskOwner][])("[R42][G12] where the other host says %s, is decided by its own after all", async (_code, answer) => {
    const { one, give, overtake, close } = await twoHosts(() => answer);
    await overtake();
    expect(await give("g1", "c2", 5)).toMatchObject({ code: "accepted" });
    expect((await contextsOf(one.world)).get("counter/c2")?.total).toBe(1_007);
    await close();
  });

  // One that says no may not be the only one that heard it.
  test.each(["outcome_unknown", "unavailable"] as const)(
    "[R42][R41][G3] which came back as %s takes no effect after its sender was told that it has none",
    async (code) => {
      let request: OnBehalf | undefined;
      const { one, two, overtake, close } = await twoHosts(() => (asked) => {
        request = asked;
        return Promise.resolve(refused(asked.command.id, code, "no answer came"));
      });
      await overtake();
      // As the first host knows the chest it would be right, and by the time that the second one hears of it, it is right again.
      const told = await one.send("counter/g1", "AddIfSum", { others: ["c2"], sum: 1_001, amount: 1 });
      expect(told).toMatchObject({ code: "rejected", reason: "other_sum", final: true });
      await two.send("counter/c2", "Add", { amount: -1 });
      expect(await two.host.decideFor(request!)).toEqual(told);
      expect((await contextsOf(one.world)).get("counter/g1")?.total).toBe(999);
      await close();
    },
  );

  test("[R42][G6] is not committed for a host that was fenced out meanwhile; the host that was asked loses nothing", async () => {
    const { store, one, two, second, first, give, overtake, close } = await twoHosts((ask) => async (request) => {
      const third = placing(store);
      await third.take(1);
      return ask(request);
    });
    await overtake();
    const before = await logOf(store);
    expect(await give("g1", "c2", 5)).toMatchObject({ code: "outcome_unknown" });
    expect(await logOf(store)).toEqual(before);
    expect(first.lost).toHaveLength(1);
    expect(second.lost).toHaveLength(0);
    expect(await two.send("counter/c2", "Add", { amount: 1 })).toMatchObject({ code: "accepted" });
    expect(one.lines.filter(({ level }) => level === "error")).toEqual([]);
    await close();
  });

  test("[R42][R36][G6] is not sent under a fence that its host got after it came, but given back", async () => {
    const { one, first, asked, give, overtake, close } = await twoHosts();
    await overtake();
    one.store.once("append", async (go) => {
      const results = await go();
      await first.take(1);
      return results;
    });
    expect(await give("g1", "c2", 5)).toMatchObject({ code: "unavailable" });
    expect(asked).toEqual([]);
    expect(await give("g1", "c2", 5)).toMatchObject({ code: "accepted" });
    await close();
  });

  test("[R42][G12] waits for nobody who waits for its own host: hosts that give to each other at once all come to their end", async () => {
    const { one, two, asked, give, close } = await twoHosts();
    const names = ["g1", "h1", "c2", "d2"];
    for (let round = 0; round < runsHere(20); round += 1) {
      const replies = await Promise.all(
        names.flatMap((from, index) => [1, 2, 3].map((step) => give(from, names[(index + step) % names.length]!))),
      );
      for (const { code } of replies) expect(["accepted", "conflict"]).toContain(code);
    }
    expect(asked.length).toBeGreaterThan(0);
    const totals = [...(await contextsOf(one.world)).values()].map(({ total }) => total);
    expect(totals.reduce((sum, total) => sum + total, 0)).toBe(4_000);
    expect(two.host.actors().every(({ mailbox }) => mailbox === 0)).toBe(true);
    await close();
  });

  test("[R42][G10] is not sent if it has secrets", async () => {
    const { one, two, asked, close } = await twoHosts();
    await one.send("counter/g1", "SetSecret", { secret: "before" });
    await two.send("counter/c2", "Push", { amount: 1, to: "g1" });
    expect(await one.send("counter/g1", "SetSecret", { secret: "after it" })).toMatchObject({ code: "accepted" });
    expect(asked).toEqual([]);
    await close();
  });

  test("[R42][G11] goes over a bus; what is no such question, or nobody's to answer, is told so", async () => {
    const store = world();
    const placed = placing(store);
    await placed.take(2);
    const two = startHost({ store, ownership: placed });
    await two.send("counter/c2", "Open");
    const bus = createInProcessBus({ partitions: 1 });
    await serveCommands({ host: two.host, bus, log: silentLog, share: { partition: 0, epoch: 1 } });
    const ask = askOwnerOver(bus.connect());
    const mine = placing(store);
    const fence = await mine.take(1);
    const one = startHost({ store, ownership: mine });
    await one.send("counter/g1", "Open");
    await one.send("counter/g1", "Add", { amount: 9 });
    const command = { v: 1 as const, id: "give", type: "Give", target: { type: "counter", id: "g1" }, data: { amount: 4, to: "c2" } };
    const request = { command, contended: { type: "counter", id: "c2" }, fence, versions: [] };
    expect(await ask(request)).toMatchObject({ code: "accepted", changed: [{ version: 2 }, { version: 3 }] });
    expect(await ask({ ...request, contended: { type: "counter", id: "c3" } })).toMatchObject({ code: "unavailable" });
    expect(await ask({ ...request, contended: { type: "chest", id: "c2" } })).toMatchObject({ code: "unavailable" });
    expect(await ask({ ...request, command: { ...command, type: "Dance" } })).toMatchObject({ code: "unavailable" });
    for (const text of ["no JSON", "{}"]) {
      const answer = await bus.askOwner(
        request.contended,
        { bytes: Buffer.from(text), contentType: "application/json" },
        { timeoutMs: 5_000 },
      );
      expect(decodeReply(answer)).toMatchObject({ code: "invalid" });
    }
    await bus.close();
    expect(await ask(request)).toBeUndefined();
    await Promise.all([one.host.close(), two.host.close()]);
  });
});
