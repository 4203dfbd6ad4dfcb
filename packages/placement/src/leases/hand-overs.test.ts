import { describe, expect, test } from "vitest";
import { all, close, desired, metric } from "../testing/placements.ts";
import { createWorld, partitions } from "../testing/world.ts";

describe("hand-overs", () => {
  test("[P8] two at once, each only after what serves it has drained", async () => {
    const world = createWorld();
    let [draining, most] = [0, 0];
    const a = await world.join("a", {
      serve: async () => ({
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
      expect(world.notes.indexOf(`a leaves ${partition}`)).toBeLessThan(world.notes.indexOf(`host-b serves ${partition}`));
    }
    await close(world, a, b);
  });

  test("[P14] a partition server that does not begin is not waited for; one that comes late is abandoned, and the partition is taken again", async () => {
    const world = createWorld();
    const late = Promise.withResolvers<object>();
    let asked = 0;
    const a = await world.join("a", {
      serve: async ({ partition }) => {
        if (partition !== 3) return {};
        asked += 1;
        return asked === 1 ? late.promise : {};
      },
      options: { serveMs: 500 },
    });
    expect(world.ownersOf(a)).toEqual(all("a"));
    expect([asked, metric(a, "aethyr_acquisition_failures_total")]).toEqual([2, 1]);
    late.resolve({});
    await world.clock.advance(100);
    expect(world.notes.filter((note) => note.startsWith("a abandons"))).toEqual(["a abandons 3"]);
    expect(world.stints.size).toBe(partitions.count);
    await close(world, a);
  });

  test("[P8] a partition server that does not drain, or fails to, is abandoned, and its partition goes on elsewhere", async () => {
    const world = createWorld();
    const a = await world.join("a", {
      serve: async ({ partition }) => ({
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
    expect(world.stints.size).toBe(0);
    await close(world, a, a);
    expect(a.view().state).toBe("left");
    expect(b.view().members).toEqual([expect.objectContaining({ host: "a" })]);
  });

  test("[P12] close abandons what does not drain in time", async () => {
    const world = createWorld();
    const a = await world.join("a", {
      serve: async () => ({ drain: () => new Promise<never>(() => undefined) }),
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
