import { describe, expect, test } from "vitest";
import { placementMetrics } from "../metrics.ts";
import { all, close, desired, metric, ofPartition } from "../testing/placements.ts";
import { createWorld, partitions } from "../testing/world.ts";

describe("shares", () => {
  test("[P3] [P7] a host that is alone takes every partition; a second one gets its share and nothing else moves", async () => {
    const world = createWorld();
    const a = await world.join("a");
    expect(world.ownersOf(a)).toEqual(all("a"));
    const b = await world.join("host-b");
    await world.clock.advance(10_000);
    expect(world.ownersOf(a)).toEqual(desired(a));
    expect(world.ownersOf(b)).toEqual(world.ownersOf(a));
    expect(new Set(world.ownersOf(a))).toEqual(new Set(["a", "host-b"]));
    const moved = desired(a).flatMap((owner, partition) => (owner === "a" ? [] : [partition]));
    expect(world.notes.filter((note) => note.startsWith("a leaves"))).toHaveLength(moved.length);
    for (const [partition, owner] of desired(a).entries()) {
      expect([...world.stints].filter((one) => one.partition === partition).map(({ host }) => host)).toEqual([owner]);
      expect(a.fenceOf(ofPartition(partition)) !== undefined).toBe(owner === "a");
    }
    const fence = a.fenceOf(ofPartition(desired(a).indexOf("a")));
    expect(fence).toEqual(await world.fences.read(fence?.partition ?? ""));
    expect(metric(a, "aethyr_leases_owned")).toBe(metric(a, "aethyr_leases_desired"));
    expect(metric(a, "aethyr_hand_overs_total")).toBe(moved.length);
    expect(metric(a, "aethyr_fences_raised_total")).toBe(partitions.count);
    const values = Object.fromEntries(placementMetrics.map(({ name, valueOf }) => [name, valueOf(b.view())]));
    expect(values).toMatchObject({ aethyr_partitions_active: moved.length, aethyr_partitions_unowned: 0, aethyr_members_alive: 2 });
    expect(values).toMatchObject({ aethyr_stalls_total: 0, aethyr_acquisition_failures_total: 0, aethyr_lease_renewal_failures_total: 0 });
    await close(world, a, b);
    expect(world.stints.size).toBe(0);
  });

  test("[P6] the partitions of a silent host are taken after 2 s, and it stops by itself before its leases may run out", async () => {
    const world = createWorld();
    const a = await world.join("a");
    const b = await world.join("host-b");
    await world.clock.advance(10_000);
    const epochs = a.view().partitions.map(({ epoch }) => epoch);
    world.cut("host-b");
    await world.clock.advance(1_900);
    expect(world.ownersOf(a)).not.toEqual(all("a"));
    await world.clock.advance(1_200);
    expect(world.ownersOf(a)).toEqual(all("a"));
    expect(a.view().partitions.map(({ epoch }, index) => epoch - (epochs[index] ?? 0))).toContain(1);
    expect(metric(a, "aethyr_takeovers_total")).toBeGreaterThan(0);
    // Nobody told it: what it still does, the log refuses.
    expect([...world.stints].some(({ host }) => host === "host-b")).toBe(true);
    await world.clock.advance(13_000);
    expect([...world.stints].some(({ host }) => host === "host-b")).toBe(false);
    expect(metric(b, "aethyr_fences_lost_total")).toBeGreaterThan(0);
    expect(metric(b, "aethyr_lease_renewal_failures_total")).toBeGreaterThan(0);
    world.mend("host-b");
    await world.clock.advance(20_000);
    expect(world.ownersOf(a)).toEqual(desired(a));
    expect(new Set(desired(a))).toEqual(new Set(["a", "host-b"]));
    await close(world, a, b);
  });

  test("[P5] a board that is away for 9 s takes nothing from anybody", async () => {
    const world = createWorld();
    const [a, b] = [await world.join("a"), await world.join("host-b")];
    await world.clock.advance(10_000);
    const before = [world.notes.length, a.view().partitions.map(({ epoch }) => epoch)];
    world.board.setReachable(false);
    await world.clock.advance(9_000);
    world.board.setReachable(true);
    await world.clock.advance(30_000);
    expect([world.notes.length, a.view().partitions.map(({ epoch }) => epoch)]).toEqual(before);
    await close(world, a, b);
  });

  test("[P10] a board that is away for longer than leases live: everybody stops, and goes on when it is back", async () => {
    const world = createWorld();
    const a = await world.join("a");
    expect(a.idle()).toBeUndefined();
    world.board.setReachable(false);
    await world.clock.advance(13_000);
    expect(world.stints.size).toBe(0);
    expect(a.fenceOf(ofPartition(0))).toBeUndefined();
    expect(a.idle()).toBe("this host has none of its 8 partitions");
    world.board.setReachable(true);
    await world.clock.advance(10_000);
    expect(world.ownersOf(a)).toEqual(all("a"));
    expect(a.idle()).toBeUndefined();
    world.board.setReachable(false);
    await close(world, a);
    expect(a.view().state).toBe("left");
    expect(a.idle()).toBe("this host is left");
  });

  test("[P3] weights decide about shares; a host of weight 0 takes nothing", async () => {
    const world = createWorld();
    const a = await world.join("a", { self: { weight: 0 } });
    expect(world.ownersOf(a)).toEqual(all("x").map(() => undefined));
    expect(a.idle()).toBeUndefined();
    const b = await world.join("host-b");
    await world.clock.advance(1_000);
    expect(world.ownersOf(b)).toEqual(all("host-b"));
    expect(b.view().members).toContainEqual(expect.objectContaining({ host: "a", weight: 0, map: "1/8", alive: true }));
    await close(world, a, b);
  });
});
