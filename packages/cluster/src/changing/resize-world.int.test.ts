import { randomUUIDv7 } from "node:crypto";
import { connectNatsBus, queueLane, type NatsBus } from "@aethyr/bus/nats";
import type { FencedEventStore } from "@aethyr/event-store";
import { ref, type Json, type Ref } from "@aethyr/kernel";
import { createClosers, processMetrics } from "@aethyr/process";
import { encodeCommand, partitionOf } from "@aethyr/protocol";
import { silentLog } from "@aethyr/runtime";
import { ensureServer } from "@aethyr/servers";
import { afterAll, beforeAll, describe, expect, test, vi } from "vitest";
import { hostWorld } from "../hosting/host-world.ts";
import { startSmallCluster, type SmallCluster } from "../testing/small-cluster.ts";
import { reachWorld, type WorldInReach } from "../world/reach-world.ts";
import { resizeWorld, type Resized } from "./resize-world.ts";

const isHere = [await ensureServer("nats"), await ensureServer("immudb")].every((path) => path !== undefined);
const world = "resized";
const sixteen = { AETHYR_PLACEMENT_PARTITIONS: "16" };
const within = { timeout: 60_000 };
const rooms = Array.from({ length: 12 }, (_, index) => ref("room", `room-${index}`));
const texts = ["one", "two", "three", "four", "five"];

describe.skipIf(!isHere)("a world that is divided anew", () => {
  let cluster: SmallCluster;
  const { opened, close } = createClosers();
  let sender: NatsBus;
  /** A host's process that slept between its look at the world and its first partition. */
  let sleeper: WorldInReach;
  let log: FencedEventStore;

  const command = (type: string, target: Ref, data: Json) => ({ v: 1 as const, id: randomUUIDv7(), type, target, data, actor: "tester" });
  async function enqueue(type: string, target: Ref, data: Json): Promise<string> {
    const made = command(type, target, data);
    await sender.enqueue({ id: made.id, target, ...encodeCommand(made, "application/json") });
    return made.id;
  }
  const lane = () => queueLane({ servers: cluster.nats.url, world });
  const resize = (partitions: number, more: Partial<Parameters<typeof resizeWorld>[0]> = {}): Promise<Resized> =>
    resizeWorld({ config: cluster.config(world), partitions, ...more });
  const eventsOf = async (room: Ref): Promise<readonly { command: string; description?: unknown }[]> =>
    (await log.readStream(room)).map(({ meta, data }) => ({
      command: meta.command,
      ...(typeof data === "object" && data !== null && "description" in data ? { description: data["description"] } : {}),
    }));
  const dieAt = (phase: string, at: number) => ({
    onProgress: (progress: { readonly phase: string; readonly done: number }) => {
      if (progress.phase === phase && progress.done === at) throw new Error("killed");
    },
  });

  beforeAll(async () => {
    cluster = await startSmallCluster();
  });
  afterAll(async () => {
    await close();
    await cluster?.stop();
  });

  test("[A18] one that nobody has begun, and one with hosts, are refused, and nothing is changed", async () => {
    await expect(resize(16)).rejects.toMatchObject({ code: "no_hosts_yet" });
    const old = await cluster.startHost(world, "old");
    try {
      sleeper = await reachWorld(cluster.config(world), "host", silentLog, opened);
      log = sleeper.store;
      sender = opened(await connectNatsBus({ servers: cluster.nats.url, world, createStreams: false }));
      for (const room of rooms) await enqueue("CreateRoom", room, { name: room.id });
      await vi.waitFor(async () => expect((await log.statistics()).aggregate_count).toBe(rooms.length), within);
      await expect(resize(16)).rejects.toMatchObject({ code: "hosts_running", message: expect.stringContaining("host old ") as string });
      await expect(resize(16, { dryRun: true })).rejects.toMatchObject({ code: "hosts_running" });
      await expect(resize(0)).rejects.toMatchObject({ code: "other_partitions" });
      expect(await lane()).toMatchObject({ partitions: 8, isClosed: false });
    } finally {
      await old.close();
    }
  });

  test("[G3] [G4] [G6] commands that wait take effect once, in their order, whatever dies on the way, and no host of the old division commits", async () => {
    const sent = new Map<string, string[]>();
    for (const text of texts)
      for (const room of rooms)
        sent.set(room.id, [...(sent.get(room.id) ?? []), await enqueue("UpdateRoomDescription", room, { description: text })]);
    const waiting = texts.length * rooms.length;
    const before = await Promise.all(rooms.map((room) => log.fences.read(`1/${partitionOf(room, 8)}`)));

    const planned = { world, from: 8, to: 16, mapEpoch: 2, resumed: false, changed: true, waiting, carried: 0, putAside: 0 };
    expect(await resize(16, { dryRun: true })).toEqual(planned);
    expect(await resize(8)).toMatchObject({ changed: false, mapEpoch: 1 });
    expect(await lane()).toEqual({ waiting, partitions: 8, isClosed: false });
    for (const fence of before) expect(await log.fences.read(fence.partition)).toEqual(fence);

    await expect(resize(16, dieAt("fences", 3))).rejects.toThrow("killed");
    await expect(cluster.startHost(world, "early")).rejects.toMatchObject({ code: "world_in_transit" });
    await expect(cluster.operate(world)).rejects.toMatchObject({ code: "world_in_transit" });
    await expect(resize(32)).rejects.toMatchObject({ code: "world_in_transit", message: expect.stringContaining("resize 16") as string });
    await expect(resize(16, dieAt("commands", 10))).rejects.toThrow();
    expect(await resize(16, { dryRun: true })).toMatchObject({ resumed: true, changed: true });
    expect(await resize(16)).toEqual({ ...planned, resumed: true, waiting: expect.any(Number) as number, carried: waiting - 10 });
    expect(await resize(16)).toMatchObject({ changed: false, from: 16, mapEpoch: 2 });
    expect(await lane()).toEqual({ waiting, partitions: 16, isClosed: false });

    // What was asleep all the time: it commits nothing, and takes nothing again.
    for (const [index, fence] of before.entries()) {
      const [room = ref("room", "none")] = rooms.slice(index);
      const late = {
        id: randomUUIDv7(),
        type: "RoomDescriptionUpdated",
        schema: 1,
        machine: 1,
        time: new Date().toISOString(),
        data: { description: "late" },
      };
      const meta = { command: randomUUIDv7(), actor: "zombie", correlation: "c", causation: null };
      const write = { stream: room, expected: 1, events: [{ ...late, meta }] };
      expect(await log.append([{ writes: [write], fence }])).toMatchObject([{ ok: false, error: { code: "fenced" } }]);
    }
    const metrics = processMetrics({ head: () => sleeper.store.head() });
    const zombie = createClosers();
    const { placement } = await hostWorld({
      config: cluster.config(world),
      log: silentLog,
      opened: zombie.opened,
      reach: sleeper,
      metrics,
    });
    await vi.waitFor(() => expect(placement.view().counts.acquisitionFailures).toBeGreaterThanOrEqual(8), within);
    expect(placement.view().counts.fencesRaised).toBe(0);
    expect(placement.view().partitions.filter(({ state }) => state === "active")).toEqual([]);
    await expect(cluster.startHost(world, "new", sixteen)).rejects.toMatchObject({ code: "other_map" });
    await zombie.close();
    expect(await lane()).toMatchObject({ waiting });

    await expect(cluster.startHost(world, "old")).rejects.toMatchObject({ code: "other_partitions" });
    const hosts = [await cluster.startHost(world, "north", sixteen), await cluster.startHost(world, "south", sixteen)];
    try {
      await vi.waitFor(async () => expect(await lane()).toMatchObject({ waiting: 0 }), within);
      for (const room of rooms) {
        const events = (await eventsOf(room)).slice(1);
        expect(events.map(({ description }) => description)).toEqual(texts);
        expect(events.map(({ command: id }) => id)).toEqual(sent.get(room.id));
      }
      // Who sends with the old number is served all the same, on the other lane, too.
      const stale = sleeper.bus;
      for (const room of rooms) {
        const made = command("UpdateRoomDescription", room, { description: "last" });
        await vi.waitFor(
          async () => expect(await stale.request({ id: made.id, target: room, ...encodeCommand(made, "application/json") })).toBeDefined(),
          within,
        );
      }
      for (const room of rooms) expect((await eventsOf(room)).at(-1)).toMatchObject({ description: "last" });
    } finally {
      await Promise.all(hosts.map((host) => host.close()));
    }
  });

  test("[G3] [G6] a smaller number, too: what was divided twice goes on", async () => {
    const ids = new Map<string, string>();
    for (const room of rooms) ids.set(room.id, await enqueue("UpdateRoomDescription", room, { description: "smaller" }));
    expect(await resize(3)).toMatchObject({ from: 16, to: 3, mapEpoch: 3, carried: rooms.length });
    const host = await cluster.startHost(world, "only", { AETHYR_PLACEMENT_PARTITIONS: "3" });
    try {
      await vi.waitFor(async () => expect(await lane()).toMatchObject({ waiting: 0 }), within);
      for (const room of rooms) expect((await eventsOf(room)).at(-1)).toEqual({ command: ids.get(room.id), description: "smaller" });
    } finally {
      await host.close();
    }
  });
});
