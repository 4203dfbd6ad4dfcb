import { randomUUIDv7 } from "node:crypto";
import { connectNatsBus, queueLane } from "@aethyr/bus/nats";
import { ref } from "@aethyr/kernel";
import { createClosers } from "@aethyr/process";
import { encodeCommand } from "@aethyr/protocol";
import { silentLog } from "@aethyr/runtime";
import { ensureServer } from "@aethyr/servers";
import { afterAll, beforeAll, describe, expect, test, vi } from "vitest";
import { openNatsKeyStore } from "../keys/nats-key-store.ts";
import { connectCoordination } from "../nats/connect.ts";
import { startSmallCluster, type SmallCluster } from "../testing/small-cluster.ts";
import { renameWorld, type Renamed } from "./rename-world.ts";

const isHere = [await ensureServer("nats"), await ensureServer("immudb")].every((path) => path !== undefined);
const [from, to] = ["old-name", "new-name"];
const within = { timeout: 60_000 };
const rooms = Array.from({ length: 6 }, (_, index) => ref("room", `room-${index}`));

describe.skipIf(!isHere)("a world that gets another name", () => {
  let cluster: SmallCluster;
  const { opened, close } = createClosers();
  beforeAll(async () => {
    cluster = await startSmallCluster();
  });
  afterAll(async () => {
    await close();
    await cluster?.stop();
  });

  const rename = (more: Partial<Parameters<typeof renameWorld>[0]> = {}): Promise<Renamed> =>
    renameWorld({ config: cluster.config(from), to, ...more });
  const lane = (world: string) => queueLane({ servers: cluster.nats.url, world });
  const coordination = async (world: string) =>
    opened(await connectCoordination({ servers: [cluster.nats.url] }, { world, role: "host", log: silentLog, createBuckets: true }));
  const busOf = async (world: string) => opened(await connectNatsBus({ servers: cluster.nats.url, world, createStreams: false }));
  const made = (type: string, index: number, data: Record<string, string>) => {
    const target = rooms[index] ?? ref("room", "none");
    const command = { v: 1 as const, id: randomUUIDv7(), type, target, data, actor: "tester" };
    return { id: command.id, target, ...encodeCommand(command, "application/json") };
  };

  test("[G3] [G6] [G12] its log goes on, its keys, letters and waiting commands are there once, and nobody goes on under the old name", async () => {
    const old = await cluster.startHost(from, "old");
    const bus = await busOf(from);
    for (const index of rooms.keys()) await bus.enqueue(made("CreateRoom", index, { name: `room-${index}` }));
    await vi.waitFor(async () => expect(await lane(from)).toMatchObject({ waiting: 0 }), within);
    await expect(rename()).rejects.toMatchObject({ code: "hosts_running" });
    await old.close();

    const keys = await openNatsKeyStore(await coordination(from));
    const [kept] = [await keys.obtain("player/ada"), await keys.obtain("player/bob")];
    await keys.forget("player/bob");
    const letters = ["first", "second"].map((id) => ({ ...made("CreateRoom", 0, { name: id }), reason: `no ${id}`, attempts: 3 }));
    for (const letter of letters) await bus.deadLetter(letter);
    const waiting = rooms.map((_, index) => made("UpdateRoomDescription", index, { description: "it waited" }));
    for (const command of waiting) await bus.enqueue(command);

    const planned = { from, to, resumed: false, changed: true, partitions: 8, mapEpoch: 2, database: "small", waiting: rooms.length };
    expect(await rename({ dryRun: true })).toEqual({ ...planned, keys: 0, letters: 0, carried: 0, putAside: 0 });
    expect(await lane(to)).toBeUndefined();
    for (const name of [from, "Not A Name"]) await expect(rename({ to: name })).rejects.toMatchObject({ code: "world_taken" });

    for (const phase of ["fences", "keys", "commands", "letters"]) {
      const dies = rename({
        onProgress: (progress) => {
          if (progress.phase === phase) throw new Error("killed");
        },
      });
      await expect(dies).rejects.toThrow();
      for (const world of [from, to])
        await expect(cluster.startHost(world, "early")).rejects.toMatchObject({
          code: "world_in_transit",
          message: expect.stringContaining(world === from ? `world rename ${to}` : "") as string,
        });
      await expect(rename({ to: "third" })).rejects.toMatchObject({ code: "world_in_transit" });
    }
    expect(await rename()).toMatchObject({ ...planned, resumed: true, waiting: 0, keys: 2, letters: 0, carried: 0 });
    expect(await rename()).toMatchObject({ changed: false });

    await expect(cluster.startHost(from, "old")).rejects.toMatchObject({ code: "world_renamed" });
    await expect(rename({ to: "third" })).rejects.toMatchObject({ code: "world_renamed" });
    await expect(bus.enqueue(made("CreateRoom", 0, { name: "late" }))).rejects.toMatchObject({ code: "unavailable" });
    expect(await keys.find("player/ada")).toBeUndefined();
    const moved = await openNatsKeyStore(await coordination(to));
    expect(await moved.find("player/ada")).toEqual(kept);
    await expect(moved.obtain("player/bob")).rejects.toMatchObject({ code: "key_forgotten" });
    expect((await (await busOf(to)).deadLetters(10)).map(({ id }) => id)).toEqual(letters.map(({ id }) => id).toReversed());

    const host = await cluster.startHost(to, "new");
    const { operations, close: closeOperations } = await cluster.operate(to);
    try {
      await vi.waitFor(async () => expect(await lane(to)).toMatchObject({ waiting: 0 }), within);
      const stats = await operations.worldStats();
      expect(stats.event_count).toBe(2 * rooms.length);
    } finally {
      await closeOperations();
      await host.close();
    }
    // A name that a world had is taken.
    await cluster.startHost("third", "third").then((third) => third.close());
    await expect(renameWorld({ config: cluster.config("third"), to: from })).rejects.toMatchObject({ code: "world_taken" });
  });
});
