import { randomUUID } from "node:crypto";
import { openImmudbEventStore, type ImmudbOptions } from "@aethyr/event-store/immudb";
import { ensureServer, openUnrulyLine, startImmudb } from "@aethyr/servers";
import { describe, expect, test, vi } from "vitest";
import { fightOverChest } from "../testing/contention.ts";
import { command, logOf, placing, startHost } from "../testing/index.ts";

const immudb = await ensureServer("immudb");

describe.skipIf(immudb === undefined)("two hosts of one world, each with its own way to a real immudb", () => {
  const placeOn = (address: string): ImmudbOptions => ({
    address,
    username: "immudb",
    password: "test-password",
    database: `t${randomUUID().replaceAll("-", "")}`,
    create: true,
  });

  test("[R37][G6] [G3] the append of a host whose line fell silent is not made once the fence was raised, whenever the line speaks again", async () => {
    await using server = await startImmudb({ adminPassword: "test-password" });
    const place = placeOn(server.address);
    const world = await openImmudbEventStore(place);
    const line = await openUnrulyLine(server.port);
    const held = await openImmudbEventStore({ ...place, create: false, address: line.address });
    const [placed, next] = [placing(held), placing(world)];
    const old = startHost({ store: held, ownership: placed, options: { stallMs: 0 } });
    const other = startHost({ store: world, ownership: next });
    const lost = await placed.take(1);
    await placed.take(2);
    for (const id of ["a1", "b1", "c2"]) await old.send(`counter/${id}`, "Open");

    line.mute();
    const caught = ["a1", "b1", "a1", "b1"].map((id, at) => command(`counter/${id}`, "Add", { amount: at + 1 }));
    const replies = caught.map((each) => old.host.submit(each));
    const mine = old.send("counter/c2", "Add", { amount: 10 });
    await vi.waitFor(() => expect(line.swallowed()).toBe(true));
    const behind = Array.from({ length: 100 }, () => command("counter/a1", "Add", { amount: 1 }));
    replies.push(...behind.map((each, at) => old.host.submit(each, { persistent: at % 2 === 0 })));

    // Nothing but the fence stands in the way: the streams are where the old owner takes them to be.
    await next.take(1);
    line.mend();
    // What was swallowed is sent again by the store, and refused: its first attempt may never land either.
    const codes = new Set((await Promise.all(replies)).map(({ code }) => code));
    expect([...codes].filter((code) => code !== "unavailable" && code !== "outcome_unknown")).toEqual([]);
    expect(placed.lost).toEqual([lost]);
    expect(["accepted", "outcome_unknown"]).toContain((await mine).code);
    const ids = [...caught, ...behind].map(({ id }) => id);
    expect(await world.outcomes(ids)).toEqual(ids.map(() => undefined));
    expect((await logOf(world)).filter((each) => /^counter\/[ab]1/.test(each))).toEqual([
      "counter/a1 1 Opened {}",
      "counter/b1 1 Opened {}",
    ]);
    for (const each of caught) expect(await other.host.submit(each)).toMatchObject({ code: "accepted" });

    await Promise.all([old.host.close(), other.host.close()]);
    await Promise.all([held.close(), world.close()]);
    await line.close();
  });

  test("[R40][G1][G5] [G12] 32 senders on two hosts fight over one chest: all finish, nothing is doubled", async () => {
    await using server = await startImmudb({ adminPassword: "test-password" });
    const place = placeOn(server.address);
    const world = await openImmudbEventStore(place);
    const again = await openImmudbEventStore({ ...place, create: false });
    const [first, second] = [placing(world), placing(again)];
    await Promise.all([first.take(1), second.take(2)]);
    const one = startHost({
      store: world,
      ownership: first,
      onMoved: (these) => these.forEach(({ stream, version }) => two.host.moved(stream, version)),
    });
    const two = startHost({ store: again, ownership: second });
    const { mostOvertaken } = await fightOverChest([one, two], world, 10);
    expect(Math.max(...mostOvertaken)).toBeLessThan(20);
    await Promise.all([one.host.close(), two.host.close()]);
    await Promise.all([world.close(), again.close()]);
  });
});
