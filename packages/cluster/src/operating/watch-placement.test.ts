import { createMemoryBoard, silentLog, type Board, type Member } from "@aethyr/placement";
import { createVirtualClock } from "@aethyr/placement/testing";
import { ref } from "@aethyr/kernel";
import { partitionOf } from "@aethyr/protocol";
import { expect, test } from "vitest";
import { watchPlacement, type WatchedPlacement } from "./watch-placement.ts";

const record = { partitions: 4, mapEpoch: 1 };
const member = (host: string, more: Partial<Member> = {}): Member => ({
  host,
  incarnation: `${host}-1`,
  version: "0.1.0",
  weight: 1,
  draining: false,
  map: "1/4",
  ...more,
});

const heard = (placement: WatchedPlacement): readonly string[] => placement.hosts().flatMap(({ host, alive }) => (alive ? [host] : []));

/** A board with what hosts write on it, and whoever watches, at a time that stands still until it is said. */
async function watched(write: (board: Board) => Promise<void>) {
  const clock = createVirtualClock();
  const board = createMemoryBoard({ clock }).connect();
  await write(board);
  const placement = await watchPlacement(board, record, { log: silentLog, clock });
  return { board, placement, passes: (ms: number) => clock.advance(ms) };
}

test("what is on the board already is known at once, and what changes is followed", async () => {
  const { board, placement } = await watched(async (the) => {
    await the.members.announce(member("a", { weight: 2 }));
    await the.leases.claim("1/0", { host: "a", incarnation: "a-1", state: "active", epoch: 3 }, 0);
    await the.leases.claim("7/1", { host: "a", incarnation: "a-1", state: "active", epoch: 9 }, 0);
    await the.pin("1/2", "a");
  });
  expect(placement.view()).toEqual({
    members: [{ host: "a", state: "serving", alive: true, weight: 2, partitions: 1, version: "0.1.0", incarnation: "a-1" }],
    partitions: [
      { partition: 0, state: "active", owner: "a", desired: "a", pin: null, epoch: 3 },
      { partition: 1, state: "unowned", owner: null, desired: "a", pin: null, epoch: 0 },
      { partition: 2, state: "unowned", owner: null, desired: "a", pin: "a", epoch: 0 },
      { partition: 3, state: "unowned", owner: null, desired: "a", pin: null, epoch: 0 },
    ],
  });
  const room = ref("room", "hall");
  const its = partitionOf(room, 4);
  await board.leases.claim(`1/${its}`, { host: "b", incarnation: "b-1", state: "fencing", epoch: 0 }, its === 0 ? 1 : 0);
  expect(placement.ownerOf(room)).toBe("b");
  expect(placement.view().partitions[its]).toMatchObject({ state: "fencing", owner: "b" });
  await board.leases.release("1/0", (await board.leases.read("1/0"))?.revision ?? 0);
  expect(placement.view().partitions[0]).toMatchObject({ owner: null, state: "unowned" });
  await board.members.withdraw("a", "a-1");
  expect([placement.hosts(), placement.view().members]).toEqual([[], []]);
  await placement.close();
  await board.members.announce(member("late"));
  expect(placement.hosts()).toEqual([]);
});

test("a host that gives no sign of life is not alive, owns what it has the lease of, and gets nothing", async () => {
  const { board, placement, passes } = await watched(async (the) => {
    await the.members.announce(member("a"));
    await the.members.announce(member("b"));
    await the.leases.claim("1/0", { host: "a", incarnation: "a-1", state: "active", epoch: 3 }, 0);
  });
  await passes(2_000);
  board.members.beat("b", "b-1");
  // Of a run of it that is over.
  board.members.beat("a", "a-0");
  expect(heard(placement)).toEqual(["a", "b"]);
  await passes(500);
  expect(heard(placement)).toEqual(["b"]);
  expect(placement.hosts()).toEqual([
    { host: "a", alive: false },
    { host: "b", alive: true },
  ]);
  const { members, partitions } = placement.view();
  expect(members.map(({ host, alive, partitions: count }) => [host, alive, count])).toEqual([
    ["a", false, 1],
    ["b", true, 0],
  ]);
  expect(partitions.map(({ owner, desired }) => [owner, desired])).toEqual([
    ["a", "b"],
    [null, "b"],
    [null, "b"],
    [null, "b"],
  ]);
  await expect(placement.pin(1, "a")).rejects.toMatchObject({ code: "unknown_place" });
  await board.members.announce(member("a", { incarnation: "a-2" }), "a-1");
  expect(heard(placement)).toEqual(["a", "b"]);
  await placement.pin(1, "a");
  expect(placement.view().partitions[1]).toMatchObject({ pin: "a", desired: "a" });
  await placement.pin(1, undefined);
  expect(placement.view().partitions[1]?.pin).toBeNull();
});

test("one that drains, and one with another map, get nothing", async () => {
  const { placement } = await watched(async (the) => {
    await the.members.announce(member("a", { draining: true }));
    await the.members.announce(member("b", { map: "2/8" }));
  });
  expect(placement.view().members.map(({ state }) => state)).toEqual(["draining", "serving"]);
  expect(placement.view().partitions.map(({ desired }) => desired)).toEqual([null, null, null, null]);
  for (const host of ["a", "b", "c"]) await expect(placement.pin(0, host)).rejects.toMatchObject({ code: "unknown_place" });
  for (const partition of [-1, 4, 0.5]) await expect(placement.pin(partition, undefined)).rejects.toMatchObject({ code: "unknown_place" });
});
