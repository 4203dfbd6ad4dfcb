import { describe, expect, test } from "vitest";
import { FencedError } from "@aethyr/event-store";
import { ref } from "@aethyr/kernel";
import { partitionOf } from "@aethyr/protocol";
import { initialTransition } from "xstate";
import { BoardUnavailableError } from "./errors.ts";
import { hostLife } from "./host-life.ts";
import { nextPartitionState, partitionLife } from "./partition-life.ts";
import { placementMetrics } from "./metrics.ts";
import { createWorld, partitions, type World } from "./testing/world.ts";
import type { Placement } from "./placement.ts";

const all = (host: string): readonly string[] => Array.from({ length: partitions.count }, () => host);
const desired = (placement: Placement): readonly (string | undefined)[] => placement.view().partitions.map((the) => the.desired);
const metric = (placement: Placement, name: string): number | undefined =>
  placementMetrics.find((the) => the.name === name)?.valueOf(placement.view());
const ofPartition = (partition: number) => {
  for (let index = 0; ; index += 1) {
    const one = ref("room", `r${index}`);
    if (partitionOf(one, partitions.count) === partition) return one;
  }
};
/** Closes in virtual time. */
async function close(world: World, ...placements: readonly Placement[]): Promise<void> {
  const closing = Promise.all(placements.map((placement) => placement.close()));
  await world.clock.advance(40_000);
  await closing;
}

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
      expect([...world.sittings].filter((one) => one.partition === partition).map(({ host }) => host)).toEqual([owner]);
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
    expect(world.sittings.size).toBe(0);
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
    expect([...world.sittings].some(({ host }) => host === "host-b")).toBe(true);
    await world.clock.advance(13_000);
    expect([...world.sittings].some(({ host }) => host === "host-b")).toBe(false);
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
    expect(world.sittings.size).toBe(0);
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

describe("hand-overs", () => {
  test("[P8] two at once, each only after its seat has drained", async () => {
    const world = createWorld();
    let [draining, most] = [0, 0];
    const a = await world.join("a", {
      seat: async () => ({
        drain: async () => {
          draining += 1;
          most = Math.max(most, draining);
          await new Promise<void>((resolve) => world.clock.after(300, resolve));
          draining -= 1;
        },
      }),
    });
    const b = await world.join("host-b", { self: { weight: 1_000 } });
    // Four rounds, and nobody waits until a lease runs out.
    await world.clock.advance(5_000);
    expect(world.ownersOf(a)).toEqual(all("host-b"));
    expect(most).toBe(2);
    for (const partition of all("a").keys()) {
      expect(world.notes.indexOf(`a leaves ${partition}`)).toBeLessThan(world.notes.indexOf(`host-b sits at ${partition}`));
    }
    await close(world, a, b);
  });

  test("[P14] a seat that does not begin is not waited for; one that comes late is abandoned, and the partition is taken again", async () => {
    const world = createWorld();
    const late = Promise.withResolvers<object>();
    let asked = 0;
    const a = await world.join("a", {
      seat: async ({ partition }) => {
        if (partition !== 3) return {};
        asked += 1;
        return asked === 1 ? late.promise : {};
      },
      options: { seatMs: 500 },
    });
    expect(world.ownersOf(a)).toEqual(all("a"));
    expect([asked, metric(a, "aethyr_acquisition_failures_total")]).toEqual([2, 1]);
    late.resolve({});
    await world.clock.advance(100);
    expect(world.notes.filter((note) => note.startsWith("a abandons"))).toEqual(["a abandons 3"]);
    expect(world.sittings.size).toBe(partitions.count);
    await close(world, a);
  });

  test("[P8] a seat that does not drain, or fails to, is abandoned, and its partition goes on elsewhere", async () => {
    const world = createWorld();
    const a = await world.join("a", {
      seat: async ({ partition }) => ({
        drain: () => (partition % 2 === 0 ? new Promise<never>(() => undefined) : Promise.reject(new Error("the disk is full"))),
        abandon: () => {
          if (partition < 2) return Promise.resolve();
          return partition === 2 ? new Promise<never>(() => undefined) : Promise.reject(new Error("nor this"));
        },
      }),
      options: { drainMs: 500 },
    });
    const draining = a.drain();
    await world.clock.advance(5_000);
    // Nobody is there to take them.
    expect(world.ownersOf(a)).toEqual(all("a"));
    const b = await world.join("host-b");
    await world.clock.advance(20_000);
    await draining;
    expect(world.ownersOf(b)).toEqual(all("host-b"));
    expect(world.notes.filter((note) => note.startsWith("a abandons"))).toHaveLength(2);
    await close(world, a, b);
  });

  test("[P12] drain gives all away and takes nothing more", async () => {
    const world = createWorld();
    const [a, b] = [await world.join("a"), await world.join("host-b")];
    const draining = a.drain();
    await world.clock.advance(20_000);
    await draining;
    expect(a.view().state).toBe("draining");
    expect(world.ownersOf(a)).toEqual(all("host-b"));
    expect(a.view().members).toContainEqual(expect.objectContaining({ host: "a", draining: true }));
    await expect(b.move(0, "a")).rejects.toMatchObject({ code: "unknown_place" });
    await a.drain();
    await close(world, b);
    await world.clock.advance(5_000);
    expect(world.sittings.size).toBe(0);
    await close(world, a, a);
    expect(a.view().state).toBe("left");
    expect(b.view().members).toEqual([expect.objectContaining({ host: "a" })]);
  });

  test("[P12] close abandons what does not drain in time", async () => {
    const world = createWorld();
    const a = await world.join("a", {
      seat: async () => ({ drain: () => new Promise<never>(() => undefined) }),
      options: { closeMs: 1_000, drainMs: 3_000 },
    });
    await close(world, a);
    expect(world.notes.filter((note) => note.startsWith("a abandons"))).toHaveLength(partitions.count);
    const b = await world.join("host-b");
    expect(world.ownersOf(b)).toEqual(all("host-b"));
    await close(world, b);
  });

  test("[P3] an operator's wish is followed while its host is there, until it is taken back", async () => {
    const world = createWorld();
    const [a, b] = [await world.join("a"), await world.join("host-b")];
    await world.clock.advance(10_000);
    const partition = desired(a).indexOf("a");
    await a.move(partition, "host-b");
    await world.clock.advance(5_000);
    expect(world.ownersOf(a)[partition]).toBe("host-b");
    expect(b.view().partitions[partition]).toMatchObject({ pin: "host-b", desired: "host-b", state: "active" });
    await b.move(partition, undefined);
    await world.clock.advance(5_000);
    expect(world.ownersOf(a)[partition]).toBe("a");
    await b.move(partition, "host-b");
    await close(world, b);
    await world.clock.advance(5_000);
    expect(world.ownersOf(a)).toEqual(all("a"));
    await expect(a.move(partitions.count, "a")).rejects.toMatchObject({ code: "unknown_place" });
    await expect(a.move(0, "host-b")).rejects.toMatchObject({ code: "unknown_place" });
    await close(world, a);
  });
});

describe("what goes wrong", () => {
  test("[P10] [G6] a fence that somebody else raised ends the seat, and the owner raises its own over it", async () => {
    const world = createWorld();
    const lost = new Map<number, () => void>();
    const a = await world.join("a", {
      seat: async ({ partition }, onLost) => {
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
    // Of a seat that is gone.
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

  test("[P14] a log that cannot be reached, or a seat that fails, concerns nobody else, and is tried again", async () => {
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
      seat: async ({ partition }) => {
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

  test("[P10] a lease that is gone, or another's, ends the seat", async () => {
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

describe("joining", () => {
  test("[P13] not under the name of a live host; under that of a dead one", async () => {
    const world = createWorld();
    const a = await world.join("a");
    await expect(world.join("a")).rejects.toMatchObject({ code: "host_name_taken", details: { host: "a" } });
    expect(world.ownersOf(a)).toEqual(all("a"));
    world.cut("a");
    const again = await world.join("a");
    await world.clock.advance(10_000);
    expect(world.ownersOf(again)).toEqual(all("a"));
    await close(world, a, again);
  });

  test("[P13] of two that begin together under one name, one joins", async () => {
    const world = createWorld();
    const joins = await Promise.allSettled([world.join("a"), world.join("a")]);
    expect(joins.map(({ status }) => status).sort()).toEqual(["fulfilled", "rejected"]);
    for (const join of joins) if (join.status === "rejected") expect(join.reason).toMatchObject({ code: "host_name_taken" });
    await world.clock.advance(10_000);
    expect(new Set([...world.sittings].map(({ partition }) => partition)).size).toBe(world.sittings.size);
  });

  test("[P13] one that was cut off and finds its name taken leaves, and leaves its successor on the board", async () => {
    const world = createWorld();
    const taken: string[] = [];
    const other = await world.join("other");
    const former = await world.join("b", { onNameTaken: ({ code }) => void taken.push(code) });
    await world.clock.advance(10_000);
    world.cut("b");
    await world.clock.advance(20_000);
    const again = await world.join("b");
    await world.clock.advance(10_000);
    const epochs = other.view().partitions.map(({ epoch }) => epoch);
    world.mend("b");
    await world.clock.advance(40_000);
    expect(taken).toEqual(["host_name_taken"]);
    expect(former.view().state).toBe("left");
    const members = other.view().members.map(({ host, incarnation, alive }) => [host, incarnation, alive]);
    expect(members).toContainEqual(["b", again.view().incarnation, true]);
    // Nothing of the successor's was taken over meanwhile.
    expect(other.view().partitions.map(({ epoch }) => epoch)).toEqual(epochs);
    await close(world, other, former, again);
  });

  test("[P13] not with another map than a live host's; with one than a dead host's", async () => {
    const world = createWorld();
    const raw = world.board.connect();
    const other = { host: "old", incarnation: "1", version: "0", weight: 1, draining: false, map: "0/4" };
    await raw.members.announce(other);
    const stop = world.every(500, () => raw.members.beat("old", "1"));
    await expect(world.join("a")).rejects.toMatchObject({ code: "other_map", details: { theirs: "0/4", ours: "1/8" } });
    stop();
    const announcing = world.every(500, () => void raw.members.announce(other));
    await expect(world.join("a")).rejects.toMatchObject({ code: "other_map" });
    announcing();
    const a = await world.join("a");
    await world.clock.advance(3_000);
    expect(world.ownersOf(a)).toEqual(all("a"));
    await close(world, a);
  });

  test("[P13] not with a name, a weight or a map that cannot be, nor without a board", async () => {
    const world = createWorld();
    const invalid = { code: "invalid_request" };
    await expect(world.join("no name")).rejects.toMatchObject(invalid);
    await expect(world.join("a", { self: { weight: -1 } })).rejects.toMatchObject(invalid);
    await expect(world.join("a", { partitions: { count: 0, mapEpoch: 1 } })).rejects.toMatchObject(invalid);
    await expect(world.join("a", { partitions: { count: 8, mapEpoch: 0.5 } })).rejects.toMatchObject(invalid);
    world.board.setReachable(false);
    await expect(world.join("a")).rejects.toMatchObject({ code: "unavailable" });
  });
});

test("[P15] the lives of hosts and partitions are charts, and a step that they do not have is a bug", () => {
  expect(initialTransition(partitionLife)[0].value).toBe("unowned");
  expect(initialTransition(hostLife)[0].value).toBe("joining");
  expect(nextPartitionState("fencing", "SEATED")).toBe("active");
  expect(() => nextPartitionState("unowned", "SEATED")).toThrow("partition: unowned takes no SEATED");
});
