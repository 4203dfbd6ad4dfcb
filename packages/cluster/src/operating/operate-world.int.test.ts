import { randomUUIDv7 } from "node:crypto";
import { ref, type Json, type Ref } from "@aethyr/kernel";
import type { Operations, RebuildReport } from "@aethyr/operator";
import { ensureServer } from "@aethyr/servers";
import { afterAll, beforeAll, describe, expect, test, vi } from "vitest";
import type { HostedWorld } from "../hosting/host-world.ts";
import { startSmallCluster, type SmallCluster } from "../testing/small-cluster.ts";

const isHere = [await ensureServer("nats"), await ensureServer("immudb")].every((path) => path !== undefined);
const world = "operated";
const within = { timeout: 30_000 };

describe.skipIf(!isHere)("a world on two hosts, as operators see it", () => {
  type Host = HostedWorld & { close(): Promise<void> };
  let cluster: SmallCluster;
  const hosts = new Map<string, Host>();
  let operated: { readonly operations: Operations; close(): Promise<void> };
  let operations: Operations;
  const rooms = Array.from({ length: 24 }, (_, index) => ref("room", `room-${index}`));

  beforeAll(async () => {
    cluster = await startSmallCluster();
    for (const name of ["north", "south"]) hosts.set(name, await cluster.startHost(world, name));
    operated = await cluster.operate(world);
    ({ operations } = operated);
    await settled();
    await operations.sendCommands(rooms.map((room) => command("CreateRoom", room, { name: `The ${room.id}` })));
  });
  afterAll(async () => {
    await operated?.close();
    await Promise.all([...hosts.values()].map((host) => host.close()));
    await cluster?.stop();
  });

  const command = (type: string, target: Ref, data: Json) => ({ v: 1 as const, id: randomUUIDv7(), type, target, data, actor: "tester" });

  /** Every partition is where it should be, and served. */
  const settled = () =>
    vi.waitFor(async () => {
      const { members, partitions } = await operations.partitions.list();
      expect(members.filter(({ alive }) => alive)).toHaveLength(hosts.size);
      expect(partitions.filter(({ state, owner, desired }) => state === "active" && owner === desired)).toHaveLength(8);
    }, within);

  const ownersOf = async () => (await operations.partitions.list()).partitions.map(({ owner }) => owner);

  async function hostOf(room: Ref): Promise<Host> {
    const found = (await operations.actors()).find((actor) => actor.ref.id === room.id)?.host;
    return hosts.get(found ?? "")!;
  }

  async function rebuilt(options = {}): Promise<RebuildReport> {
    for await (const news of operations.rebuildWorld(options)) if (news.kind === "report") return news.report;
    throw new Error("there was no report");
  }

  test("[A21] partitions are listed with owner, state and epoch, and hosts with what they have", async () => {
    const { members, partitions } = await operations.partitions.list();
    expect(members.map(({ host, state, alive, weight }) => [host, state, alive, weight])).toEqual([
      ["north", "serving", true, 1],
      ["south", "serving", true, 1],
    ]);
    expect(partitions.map(({ partition }) => partition)).toEqual([0, 1, 2, 3, 4, 5, 6, 7]);
    for (const { epoch, pin } of partitions) {
      expect(epoch).toBeGreaterThan(0);
      expect(pin).toBeNull();
    }
    for (const { host, partitions: count } of members) expect(partitions.filter(({ owner }) => owner === host)).toHaveLength(count);
    // As the hosts themselves see it.
    expect(
      hosts
        .get("north")
        ?.placement.view()
        .partitions.map(({ owner }) => owner),
    ).toEqual(await ownersOf());
  });

  test("actors are listed with their hosts, and leave memory where they are", async () => {
    const actors = await operations.actors();
    expect(actors.map(({ ref: { id } }) => id).sort()).toEqual(rooms.map(({ id }) => id).sort());
    expect(new Set(actors.map(({ host }) => host))).toEqual(new Set(["north", "south"]));
    for (const room of rooms.slice(0, 4)) {
      const host = await hostOf(room);
      expect(await operations.passivate(room)).toBe(true);
      await expect.poll(() => host.host.snapshot(room)).toBeUndefined();
      expect(await operations.passivate(room)).toBe(false);
    }
    expect(await operations.passivate(ref("room", "nowhere"))).toBe(false);
  });

  test("[A13] a corrupt actor is named, whichever host has it, and made anew", async () => {
    const room = rooms[9]!;
    const host = await hostOf(room);
    const context = host.host.snapshot(room)?.state.context as { name: string };
    context.name = "A lie.";
    const found = await rebuilt({ clear: true });
    expect(found.bad).toMatchObject([{ stream: room, what: "live", version: 1, code: "differs" }]);
    expect(found).toMatchObject({ streams: 24, different: 1, failed: 0, complete: true, live: { compared: 20, different: 1 } });
    expect(found.anew).toMatchObject({ different: 0 });
    expect(await rebuilt()).toMatchObject({ streams: 24, equal: 24, bad: [], hash: found.hash });
  });

  test("a partition goes where it is wished, takes commands there, and goes back when the wish is gone", async () => {
    const [owner] = await ownersOf();
    const other = owner === "north" ? "south" : "north";
    await operations.partitions.move(0, other);
    await expect
      .poll(async () => (await operations.partitions.list()).partitions[0], within)
      .toMatchObject({
        owner: other,
        desired: other,
        pin: other,
        state: "active",
      });
    await operations.partitions.free(0);
    await expect
      .poll(async () => (await operations.partitions.list()).partitions[0], within)
      .toMatchObject({ owner, pin: null, state: "active" });
    await expect(operations.partitions.move(0, "nobody")).rejects.toMatchObject({ code: "unknown_place" });
    await expect(operations.partitions.move(8, other)).rejects.toMatchObject({
      code: "unknown_place",
      message: expect.stringContaining("0 to 7") as string,
    });
    await expect(operations.partitions.drain("nobody")).rejects.toMatchObject({ code: "unknown_place" });
  });

  test("[G3] a host that is drained gives all away, stays and has nothing, and every command meanwhile takes effect once", async () => {
    const busy = rooms.slice(0, 4);
    const before = await Promise.all(busy.map(async (room) => (await operations.showAggregate(room))?.version ?? 0));
    let rounds = 0;
    let isOver = false;
    const sending = (async () => {
      for (; !isOver; rounds += 1) {
        const commands = busy.map((room) => command("UpdateRoomDescription", room, { description: `${rounds}` }));
        // A partition that is on its way takes nothing for a moment: that is nothing that a sender sees.
        for (const { code } of await operations.sendCommands(commands)) expect(code).toBe("accepted");
      }
    })();
    await operations.partitions.drain("north");
    await expect.poll(ownersOf, within).toEqual(Array.from({ length: 8 }, () => "south"));
    isOver = true;
    await sending;
    expect(rounds).toBeGreaterThan(0);
    const after = await Promise.all(busy.map(async (room) => (await operations.showAggregate(room))?.version));
    expect(after).toEqual(before.map((version) => version + rounds));
    const { members } = await operations.partitions.list();
    expect(members.map(({ host, state, partitions }) => [host, state, partitions])).toEqual([
      ["north", "draining", 0],
      ["south", "serving", 8],
    ]);
    await expect(operations.partitions.move(0, "north")).rejects.toMatchObject({ code: "unknown_place" });
    expect(await rebuilt()).toMatchObject({ bad: [], complete: true });
  });

  test("the list needs no host to answer: one that went is gone from it, and nobody owns anything when none is left", async () => {
    for (const [name, host] of hosts) {
      await host.close();
      hosts.delete(name);
    }
    await expect.poll(() => operations.partitions.list(), within).toMatchObject({ members: [] });
    const { partitions } = await operations.partitions.list();
    expect(new Set(partitions.map(({ owner, state, desired }) => `${owner} ${state} ${desired}`))).toEqual(new Set(["null unowned null"]));
    expect(await operations.actors()).toEqual([]);
    expect(await operations.passivate(rooms[0]!)).toBe(false);
  });
});
