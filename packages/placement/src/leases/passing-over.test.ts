import { expect, test } from "vitest";
import { desiredOwners } from "../assignment/desired-owners.ts";
import { createWorld, partitions, type World } from "../testing/world.ts";
import type { Placement } from "../placement.ts";

const owned = (world: World, placement: Placement, host: string): number =>
  world.ownersOf(placement).filter((owner) => owner === host).length;
const desired = (placement: Placement): readonly (string | undefined)[] => placement.view().partitions.map((the) => the.desired);

async function close(world: World, ...placements: readonly Placement[]): Promise<void> {
  const closing = Promise.all(placements.map((placement) => placement.close()));
  await world.clock.advance(40_000);
  await closing;
}

/** One that the first of two hosts should have. */
const theirs = desiredOwners(
  ["a", "host-b"].map((host) => ({ host, weight: 1 })),
  partitions.count,
).indexOf("a");

/** A host that fails to serve whatever `isBroken` says, and one beside it. */
async function oneFailing(isBroken: (partition: number) => boolean) {
  const world = createWorld();
  const tries: number[] = [];
  const failing = await world.join("a", {
    serve: async ({ partition }) => {
      if (!isBroken(partition)) return {};
      tries.push(partition);
      throw new Error("no consumer");
    },
  });
  const other = await world.join("host-b");
  return { world, failing, other, tries };
}

test("[P16] a partition that its host cannot take goes to another live one, and the others stay where they are", async () => {
  const { world, failing, other, tries } = await oneFailing((partition) => partition === theirs);
  await world.clock.advance(8_000);
  expect(world.ownersOf(other)[theirs]).toBe("host-b");
  expect(world.ownersOf(failing)).toEqual(world.ownersOf(other));
  expect(world.ownersOf(other)).toEqual(desired(other));
  expect(owned(world, other, "a")).toBeGreaterThan(0);
  expect(tries.length).toBeGreaterThanOrEqual(4);
  await close(world, failing, other);
});

test("[P16] a host that was passed over asks again after pauses that grow, and has its partition back once it can take it", async () => {
  let broken = true;
  const { world, failing, other, tries } = await oneFailing((partition) => broken && partition === theirs);
  await world.clock.advance(10_000);
  const before = tries.length;
  const interruptions = (): number => world.notes.filter((note) => note === `host-b leaves ${theirs}`).length;
  await world.clock.advance(10 * 60_000);
  // After 30 s, then 1, 2, 4 minutes: one try each.
  expect(interruptions()).toBeLessThanOrEqual(5);
  expect(tries.length - before).toBe(interruptions());
  expect(interruptions()).toBeGreaterThanOrEqual(3);
  expect(world.ownersOf(other)[theirs]).toBe("host-b");
  broken = false;
  await world.clock.advance(6 * 60_000);
  expect(world.ownersOf(other)[theirs]).toBe("a");
  const notes = world.notes.length;
  await world.clock.advance(6 * 60_000);
  expect(world.notes).toHaveLength(notes);
  await close(world, failing, other);
});

test("[P16] a host whose line to the log is cut is passed over for all that it should take, and left in peace until it can read the log", async () => {
  const world = createWorld();
  let cut = true;
  const reach = async <T>(work: () => Promise<T>): Promise<T> => (cut ? Promise.reject(new Error("away")) : work());
  const b = await world.join("host-b");
  const a = await world.join("a", {
    fences: { read: (name) => reach(() => world.fences.read(name)), raise: (seen) => reach(() => world.fences.raise(seen)) },
  });
  await world.clock.advance(20_000);
  expect(owned(world, b, "host-b")).toBe(partitions.count);
  const notes = world.notes.length;
  await world.clock.advance(5 * 60_000);
  expect(world.notes).toHaveLength(notes);
  cut = false;
  await world.clock.advance(60_000);
  expect(world.ownersOf(b)).toEqual(desired(b));
  expect(owned(world, b, "a")).toBeGreaterThan(0);
  await close(world, a, b);
});

test("[P16] a wish for a host that cannot take the partition waits; where nobody can, all go on trying, and whoever can first has it", async () => {
  let broken: ReadonlySet<number> = new Set([theirs]);
  const { world, failing, other } = await oneFailing((partition) => broken.has(partition));
  await world.clock.advance(10_000);
  await failing.move(theirs, "a");
  await world.clock.advance(10_000);
  expect(world.ownersOf(other)[theirs]).toBe("host-b");
  await close(world, other);
  expect(world.ownersOf(failing)[theirs]).toBeUndefined();
  broken = new Set();
  // It is alone, so that it did not stop trying.
  await world.clock.advance(6_000);
  expect(owned(world, failing, "a")).toBe(partitions.count);
  await close(world, failing);
});
