import { expect, test } from "vitest";
import type { Board, Change } from "./board.ts";
import { createMemoryBoard } from "./memory/memory-board.ts";
import { observeBoard } from "./observe-board.ts";
import { createVirtualClock } from "./testing/virtual-clock.ts";

const partitions = { count: 2, mapEpoch: 1 } as const;

/** Somebody who looks at a board over a line that may break, and hosts that give signs of life every half a second. */
async function observing() {
  const clock = createVirtualClock();
  const memory = createMemoryBoard({ clock });
  const [theirs, ours] = [memory.connect(), memory.connect()];
  const line = { up: true };
  const warned: string[] = [];
  const board: Board = {
    ...ours,
    leases: { ...ours.leases, read: (name) => (line.up ? ours.leases.read(name) : Promise.reject(new Error("the line is down"))) },
    watch: (onChange) => ours.watch((change: Change) => void (line.up && onChange(change))),
  };
  const beating = new Set<string>();
  const beat = (): void => {
    for (const host of beating) theirs.members.beat(host, `${host}-1`);
    clock.after(500, beat);
  };
  beat();
  const announce = async (...hosts: readonly string[]): Promise<void> => {
    for (const host of hosts) {
      beating.add(host);
      await theirs.members.announce({ host, incarnation: `${host}-1`, version: "1", weight: 1, draining: false, map: "1/2" });
    }
  };
  await announce("a", "b");
  const log = { warn: (_: object, text: string) => void warned.push(text) };
  const observed = await observeBoard({ board, partitions, log, clock });
  const alive = (): readonly string[] => observed.view().members.flatMap((member) => (member.alive ? [member.host] : []));
  return { clock, line, beating, warned, observed, alive, announce, theirs };
}

test("[P6] one that is silent is dead, also if it is the last one, as the board answers; one that is heard again is alive after a while", async () => {
  const { clock, beating, warned, observed, alive } = await observing();
  await clock.advance(5_000);
  expect(alive()).toEqual(["a", "b"]);
  beating.delete("a");
  await clock.advance(2_600);
  expect(alive()).toEqual(["b"]);
  expect(observed.view().partitions.map(({ desired }) => desired)).toEqual(["b", "b"]);
  beating.clear();
  await clock.advance(2_600);
  expect(alive()).toEqual([]);
  expect(observed.view().partitions.map(({ desired }) => desired)).toEqual([undefined, undefined]);
  beating.add("a");
  await clock.advance(600);
  expect(alive()).toEqual([]);
  await clock.advance(1_500);
  expect(alive()).toEqual(["a"]);
  expect(warned).toEqual([]);
  await observed.close();
});

test("[P5] who hears nobody, and the board neither, takes nobody for dead, and for a while after that, either", async () => {
  const { clock, line, beating, warned, observed, alive } = await observing();
  await clock.advance(1_000);
  line.up = false;
  beating.delete("a");
  await clock.advance(5_000);
  expect(alive()).toEqual(["a", "b"]);
  expect(warned).toEqual(["no host is heard and the board does not answer: nobody is taken for dead"]);
  line.up = true;
  await clock.advance(4_000);
  expect(alive()).toEqual(["a", "b"]);
  await clock.advance(2_000);
  expect(alive()).toEqual(["b"]);
  await observed.close();
});

test("[P5] who stood still takes nobody for dead for what was not heard meanwhile", async () => {
  const { clock, observed, alive, announce } = await observing();
  await clock.advance(1_000);
  clock.skip(3_000);
  await clock.advance(0);
  expect(alive()).toEqual(["a", "b"]);
  await clock.advance(2_000);
  expect(alive()).toEqual(["a", "b"]);
  await observed.close();
  await announce("c");
  expect(observed.view().members).toHaveLength(2);
});

test("[P1] [P3] who has the lease of a partition owns it, and a wish comes first where its host is there", async () => {
  const { observed, theirs } = await observing();
  expect(observed.ownerOf(1)).toBeUndefined();
  await theirs.leases.claim("1/1", { host: "a", incarnation: "a-1", state: "fencing", epoch: 0 }, 0);
  expect([observed.ownerOf(0), observed.ownerOf(1), observed.ownerOf(2)]).toEqual([undefined, "a", undefined]);
  await expect(observed.pin(2, "a")).rejects.toMatchObject({ code: "unknown_place", details: { partition: 2 } });
  await expect(observed.pin(0, "c")).rejects.toMatchObject({ code: "unknown_place", details: { host: "c" } });
  for (const host of ["a", "b"]) {
    await observed.pin(1, host);
    expect(observed.view().partitions[1]).toEqual({ partition: 1, state: "fencing", owner: "a", desired: host, pin: host, epoch: 0 });
  }
  await observed.close();
});
