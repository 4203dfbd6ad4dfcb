import { randomUUID } from "node:crypto";
import { jetstreamManager, type JetStreamManager } from "@nats-io/jetstream";
import { connect, headers as natsHeaders, type NatsConnection } from "@nats-io/transport-node";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { ref } from "@aethyr/kernel";
import { partitionedSubjectOf, partitionOf, subjectOf } from "@aethyr/protocol";
import { type RunningServer, ensureServer, startNats } from "@aethyr/servers";
import { until } from "../contract/support.ts";
import { divideLane, queueLane } from "./divide-lane.ts";
import { connectNatsBus, type NatsBus } from "./nats-bus.ts";
import type { NatsOptions } from "./options.ts";

const nats = await ensureServer("nats");
const rooms = Array.from({ length: 12 }, (_, index) => ref("room", `r${index}`));

describe.skipIf(nats === undefined)("a queue lane that is divided anew", () => {
  let server: RunningServer;
  let plain: NatsConnection;
  let manager: JetStreamManager;
  const open = new Set<NatsBus>();
  beforeAll(async () => {
    server = await startNats();
    plain = await connect({ servers: server.url });
    manager = await jetstreamManager(plain);
  }, 120_000);
  afterAll(async () => {
    await Promise.all([...open].map((bus) => bus.close()));
    await plain.close();
    await server.stop();
  });

  const newWorld = (): string => `w${randomUUID().slice(0, 23)}`;
  const place = (world: string) => ({ servers: server.url, world });
  async function connected(world: string, options: Partial<NatsOptions> = {}): Promise<NatsBus> {
    const bus = await connectNatsBus({ ...place(world), ...options });
    open.add(bus);
    return bus;
  }
  const send = (bus: NatsBus, id: string, room: number): Promise<void> =>
    bus.enqueue({
      id,
      target: rooms[room % rooms.length] ?? rooms[0]!,
      bytes: Buffer.from(`{"id":"${id}"}`),
      contentType: "application/json",
    });
  /** Ids of all commands in the lane, by their room, in the order in which hosts get them. */
  async function served(world: string, partitions: number, count: number): Promise<ReadonlyMap<string, readonly string[]>> {
    const bus = await connected(world, { partitions, createStreams: false });
    const got = new Map<string, string[]>();
    let total = 0;
    for (let partition = 0; partition < partitions; partition += 1) {
      await bus.serve(
        ({ id, target, acknowledge }) => {
          expect(partitionOf(target, partitions)).toBe(partition);
          got.set(target.id, [...(got.get(target.id) ?? []), id]);
          total += 1;
          acknowledge();
        },
        { partition, epoch: 1 },
      );
    }
    await until(() => expect(total).toBe(count));
    await until(async () => expect((await manager.streams.info(`CMD_${world}`)).state.messages).toBe(0));
    expect(total).toBe(count);
    return got;
  }
  const expected = (ids: readonly string[]): ReadonlyMap<string, readonly string[]> => {
    const by = new Map<string, string[]>();
    for (const [index, id] of ids.entries()) {
      const { id: room } = rooms[index % rooms.length]!;
      by.set(room, [...(by.get(room) ?? []), id]);
    }
    return by;
  };

  test("[G3] [G4] all that waits is there once, in its order, in its new partition, and senders may send again", async () => {
    const world = newWorld();
    const bus = await connected(world, { partitions: 8, aggregateLimit: 20 });
    // A host of before, with a high epoch, that had taken some and acknowledged nothing.
    let handedOut = 0;
    const share = await bus.serve(() => (handedOut += 1), { partition: partitionOf(rooms[0]!, 8), epoch: 57 });
    const ids = Array.from({ length: 240 }, (_, index) => `c${index}`);
    for (const [index, id] of ids.entries()) await send(bus, id, index);
    await until(() => expect(handedOut).toBeGreaterThan(0));
    await share.close();
    // Every aggregate has all that it may have.
    await expect(send(bus, "too-many", 0)).rejects.toMatchObject({ code: "busy" });

    const before = await manager.streams.info(`CMD_${world}`);
    expect(await queueLane(place(world))).toEqual({ waiting: 240, partitions: 8, isClosed: false });
    const refused: unknown[] = [];
    const result = await divideLane({
      ...place(world),
      partitions: 16,
      onCarried: (count) => {
        if (count === 100) void send(bus, "meanwhile", 1).catch((error: unknown) => refused.push(error));
      },
    });
    expect(result).toEqual({ carried: 240, putAside: 0 });
    await until(() => expect(refused).toMatchObject([{ code: "unavailable" }]));
    const after = await manager.streams.info(`CMD_${world}`);
    expect(after.config).toMatchObject({
      subjects: before.config.subjects,
      max_msgs: before.config.max_msgs,
      max_msgs_per_subject: 20,
      discard_new_per_subject: true,
    });
    expect(Object.keys(after.config.metadata ?? {}).filter((key) => !key.startsWith("_nats"))).toEqual([]);
    expect(after.state.consumer_count).toBe(0);
    expect(await queueLane(place(world))).toEqual({ waiting: 240, partitions: 16, isClosed: false });
    expect(await divideLane({ ...place(world), partitions: 16 })).toEqual({ carried: 0, putAside: 0 });
    await expect(connectNatsBus({ ...place(world), partitions: 8 })).rejects.toMatchObject({ code: "other_partitions" });
    expect(await served(world, 16, 240)).toEqual(expected(ids));
  });

  test("[G3] [G4] whoever dies at whatever step: who goes on carries each command over once, in its order", async () => {
    const ids = Array.from({ length: 8 }, (_, index) => `c${index}`);
    for (let dies = 0; dies <= ids.length; dies += 1) {
      const world = newWorld();
      const bus = await connected(world, { partitions: 8 });
      for (const id of ids) await send(bus, id, 0);
      // Dead before anything was carried, or between a copy and the removal of what it is one of.
      const dead = new Error("killed");
      const run = divideLane({
        ...place(world),
        partitions: 3,
        ...(dies === 0 ? { signal: AbortSignal.abort(dead) } : {}),
        onCarried: (count) => {
          if (count === dies) throw dead;
        },
      });
      await expect(run).rejects.toThrow();
      await expect(send(bus, "late", 0)).rejects.toMatchObject({ code: "unavailable" });
      await expect(divideLane({ ...place(world), partitions: 5 })).rejects.toMatchObject({ code: "lane_in_transit" });
      expect(await divideLane({ ...place(world), partitions: 3 })).toEqual({ carried: ids.length - dies, putAside: 0 });
      expect(await served(world, 3, ids.length)).toEqual(new Map([["r0", ids]]));
      await bus.close();
    }
  });

  test("[G3] of two that carry at once one goes on, and nothing is doubled", async () => {
    const world = newWorld();
    const bus = await connected(world, { partitions: 8 });
    const ids = Array.from({ length: 60 }, (_, index) => `c${index}`);
    for (const [index, id] of ids.entries()) await send(bus, id, index);
    await Promise.allSettled(Array.from({ length: 3 }, () => divideLane({ ...place(world), partitions: 16 })));
    await divideLane({ ...place(world), partitions: 16 });
    expect(await served(world, 16, ids.length)).toEqual(expected(ids));
  });

  test("[G3] a repeat of a carried command is dropped, what is no command is kept aside or left to hosts, ids stay", async () => {
    const world = newWorld();
    const bus = await connected(world, { partitions: 8 });
    await send(bus, "first", 0);
    // Typed by hand, without a header.
    plain.publish(subjectOf("queue", world, rooms[1]!), '{"id":"by-hand"}');
    // A dead letter that was sent again: its own id is in another header.
    const again = natsHeaders();
    again.set("Nats-Msg-Id", "retry:DLQ:1");
    again.set("Cmd-Id", "again");
    plain.publish(subjectOf("queue", world, rooms[2]!), "{}", { headers: again });
    plain.publish(`cmd.${world}.room.%zz`, "no command at all");
    await plain.flush();
    expect(await divideLane({ ...place(world), partitions: 4 })).toEqual({ carried: 4, putAside: 0 });
    await send(bus, "first", 0);
    const subjects: string[] = [];
    const { first_seq, last_seq } = (await manager.streams.info(`CMD_${world}`)).state;
    for (let seq = first_seq; seq <= last_seq; seq += 1)
      subjects.push((await manager.streams.getMessage(`CMD_${world}`, { seq }))?.subject ?? "");
    expect(subjects).toHaveLength(4);
    for (const room of rooms.slice(0, 3)) expect(subjects).toContain(partitionedSubjectOf("queue", world, partitionOf(room, 4), room));
    expect(await served(world, 4, 3)).toEqual(
      new Map([
        ["r0", ["first"]],
        ["r1", ["by-hand"]],
        ["r2", ["again"]],
      ]),
    );
    expect(await bus.deadLetters(10)).toHaveLength(1);
  });

  test("[G3] [G4] another world's lane takes what waits, and the lane of before takes nothing more", async () => {
    const [world, into] = [newWorld(), newWorld()];
    const bus = await connected(world, { partitions: 8 });
    const ids = Array.from({ length: 30 }, (_, index) => `c${index}`);
    for (const [index, id] of ids.entries()) await send(bus, id, index);
    let seen = 0;
    const run = divideLane({
      ...place(world),
      into,
      partitions: 8,
      onCarried: (count) => {
        seen = count;
        if (count === 11) throw new Error("killed");
      },
    });
    await expect(run).rejects.toThrow();
    expect(seen).toBe(11);
    expect(await divideLane({ ...place(world), into, partitions: 8 })).toEqual({ carried: 19, putAside: 0 });
    await expect(send(bus, "late", 0)).rejects.toMatchObject({ code: "unavailable" });
    expect(await queueLane(place(world))).toMatchObject({ waiting: 0, isClosed: true });
    expect(await served(into, 8, ids.length)).toEqual(expected(ids));
  });

  test("[G11] a world without a lane has nothing to carry, and no world has no partitions", async () => {
    const world = newWorld();
    expect(await queueLane(place(world))).toBeUndefined();
    expect(await divideLane({ ...place(world), partitions: 4 })).toEqual({ carried: 0, putAside: 0 });
    expect(await queueLane(place(world))).toBeUndefined();
    await expect(divideLane({ ...place(world), partitions: 0 })).rejects.toMatchObject({ code: "other_partitions" });
  });
});
