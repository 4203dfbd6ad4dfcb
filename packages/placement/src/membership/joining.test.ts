import { describe, expect, test } from "vitest";
import { all, close } from "../testing/placements.ts";
import { createWorld } from "../testing/world.ts";

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
    expect(new Set([...world.stints].map(({ partition }) => partition)).size).toBe(world.stints.size);
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
