import { describe, expect, test } from "vitest";
import { FencedError } from "@aethyr/event-store";
import { BoardUnavailableError } from "../errors.ts";
import { all, close, desired, metric, ofPartition } from "../testing/placements.ts";
import { createWorld, partitions } from "../testing/world.ts";

describe("what goes wrong", () => {
  test("[P10] [G6] a fence that somebody else raised ends the serving of a partition, and the owner raises its own over it", async () => {
    const world = createWorld();
    const lost = new Map<number, () => void>();
    const a = await world.join("a", {
      serve: async ({ partition }, onLost) => {
        lost.set(partition, onLost);
        return {};
      },
    });
    const first = await world.fences.raise(await world.fences.read("1/0"));
    lost.get(0)?.();
    expect(a.fenceOf(ofPartition(0))).toBeUndefined();
    await world.clock.advance(5_000);
    expect(a.view().partitions[0]).toMatchObject({ state: "active", epoch: first.epoch + 1 });
    expect(metric(a, "aethyr_fences_lost_total")).toBe(1);
    const fence = a.fenceOf(ofPartition(1));
    if (fence === undefined) throw new Error("partition 1 is not owned");
    a.onFenced({ ...fence, epoch: fence.epoch - 1 });
    a.onFenced({ ...fence, partition: "2/1" });
    expect(a.fenceOf(ofPartition(1))).toEqual(fence);
    a.onFenced(fence);
    expect(a.fenceOf(ofPartition(1))).toBeUndefined();
    await world.clock.advance(5_000);
    expect(world.ownersOf(a)).toEqual(all("a"));
    // Of a serving that is over.
    lost.get(7)?.();
    await close(world, a);
    lost.get(7)?.();
  });

  test("[P4] a former owner that raises its fence meanwhile is raised over, as long as the lease is ours", async () => {
    const world = createWorld();
    let rivals = 3;
    const a = await world.join("a", {
      fences: {
        read: (partition) => world.fences.read(partition),
        raise: async (seen) => {
          if (seen.partition === "1/0" && rivals-- > 0) await world.fences.raise(seen);
          return world.fences.raise(seen);
        },
      },
    });
    expect(a.view().partitions[0]).toMatchObject({ state: "active", epoch: 4 });
    expect(a.view().partitions[1]).toMatchObject({ state: "active", epoch: 1 });
    await close(world, a);
  });

  test("[P14] a log that cannot be reached, or a partition that cannot be served, concerns nobody else, and is tried again", async () => {
    const world = createWorld();
    let broken = true;
    const a = await world.join("a", {
      fences: {
        read: (partition) => (broken && partition === "1/1" ? Promise.reject(new Error("away")) : world.fences.read(partition)),
        raise: (seen) => {
          if (broken && seen.partition === "1/2") return Promise.reject(new FencedError(seen, { ...seen, epoch: 9 }));
          return world.fences.raise(seen);
        },
      },
      serve: async ({ partition }) => {
        if (broken && partition === 3) throw new Error("no consumer");
        return {};
      },
    });
    await world.clock.advance(10_000);
    expect(world.ownersOf(a).map((owner) => owner === "a")).toEqual([true, false, false, false, true, true, true, true]);
    // 250 ms, 500, 1,000 … up to 5 s: few attempts, not one with every look.
    expect(metric(a, "aethyr_acquisition_failures_total")).toBeLessThan(3 * 10);
    broken = false;
    await world.clock.advance(6_000);
    expect(world.ownersOf(a)).toEqual(all("a"));
    await close(world, a);
  });

  test("[P11] a process that stood still names no fence until its leases were written again", async () => {
    const world = createWorld();
    const a = await world.join("a");
    const target = ofPartition(0);
    expect(a.fenceOf(target)).toBeDefined();
    world.clock.skip(1_500);
    expect(a.fenceOf(target)).toBeUndefined();
    expect(metric(a, "aethyr_stalls_total")).toBe(1);
    await world.clock.advance(500);
    expect(a.fenceOf(target)).toBeDefined();
    expect(world.ownersOf(a)).toEqual(all("a"));
    world.clock.skip(20_000);
    await world.clock.advance(100);
    expect(metric(a, "aethyr_stalls_total")).toBe(2);
    await world.clock.advance(10_000);
    expect(world.ownersOf(a)).toEqual(all("a"));
    await close(world, a);
  });

  test("[P7] a lease of ours that was written without our knowing is used, or cleared where it is another's turn", async () => {
    const world = createWorld();
    const [a, b] = [await world.join("a"), await world.join("host-b")];
    await world.clock.advance(10_000);
    const raw = world.board.connect();
    const incarnation = a.view().incarnation;
    for (const partition of [desired(a).indexOf("a"), desired(a).indexOf("host-b")]) {
      const name = `1/${partition}`;
      const lease = await raw.leases.read(name);
      await raw.leases.claim(name, { host: "a", incarnation, state: "acquiring", epoch: 0 }, lease?.revision ?? 0);
    }
    await world.clock.advance(10_000);
    expect(world.ownersOf(a)).toEqual(desired(a));
    expect(world.ownersOf(b)).toEqual(desired(b));
    await close(world, a, b);
  });

  test("[P5] a lease that was written by a call whose answer was lost is still ours, and is given back in the end", async () => {
    const world = createWorld();
    let [isLosing, lost] = [false, 0];
    const a = await world.join("a", {
      board: (board) => ({
        ...board,
        leases: {
          ...board.leases,
          claim: async (...the) => {
            const revision = await board.leases.claim(...the);
            if (!isLosing) return revision;
            lost += 1;
            throw new BoardUnavailableError("the answer was lost");
          },
        },
      }),
    });
    isLosing = true;
    await world.clock.advance(4_000);
    expect(lost).toBeGreaterThan(partitions.count);
    isLosing = false;
    await world.clock.advance(20_000);
    expect(world.ownersOf(a)).toEqual(all("a"));
    expect(metric(a, "aethyr_fences_raised_total")).toBe(partitions.count);
    isLosing = true;
    await world.clock.advance(3_500);
    await close(world, a);
    expect(await world.board.connect().leases.read("1/0")).toBeUndefined();
  });

  test("[P10] a lease that is gone, or another's, ends the serving", async () => {
    const world = createWorld();
    const a = await world.join("a");
    const raw = world.board.connect();
    await raw.leases.release("1/0", (await raw.leases.read("1/0"))?.revision ?? 0);
    const seen = (await raw.leases.read("1/1"))?.revision ?? 0;
    await raw.leases.claim("1/1", { host: "thief", incarnation: "1", state: "active", epoch: 9 }, seen);
    expect(a.fenceOf(ofPartition(1))).toBeUndefined();
    expect(a.view().partitions[1]).toMatchObject({ state: "lost" });
    await world.clock.advance(100);
    expect(a.fenceOf(ofPartition(0))).toBeUndefined();
    await world.clock.advance(10_000);
    // The thief is never heard: its lease is taken as a dead one's.
    expect(world.ownersOf(a)).toEqual(all("a"));
    expect(metric(a, "aethyr_fences_lost_total")).toBe(2);
    await close(world, a);
  });
});
