import { expect, test, vi } from "vitest";
import { accepted, commitOf, freshRef } from "../contract/samples.ts";
import { testFolders } from "../sqlite/testing/test-folders.ts";
import { commanded, drained, setUp, versionsIn } from "./testing/outage.ts";

const newFolder = testFolders();

test.each(["before", "after"] as const)(
  "[A18] [G3] an answer of the log that is lost %s the append is made costs nothing and doubles nothing",
  async (lost) => {
    const { primary, store, world } = await setUp(newFolder());
    const [a, b] = [freshRef(), freshRef()];
    await store.heads([a, b]);
    primary.mode = "away";
    for (let version = 0; version < 5; version += 1) {
      await accepted(store, commanded([a, version], [b, version]));
      // Without a command there are only the events to tell it by.
      await accepted(store, commitOf(freshRef(), 0)).catch(() => undefined);
    }
    await accepted(store, commitOf(a, 5));
    primary.losing.push(lost, lost, lost);
    primary.mode = "there";
    await drained(store);
    expect(store.outage().quarantined).toBe(0);
    expect(await versionsIn(world, a)).toEqual([1, 2, 3, 4, 5, 6]);
    expect(await versionsIn(world, b)).toEqual([1, 2, 3, 4, 5]);
    await store.close();
  },
);

test("[A18] a commit that is in the log already is found there by its events, and costs what builds on it nothing", async () => {
  const { primary, store, world } = await setUp(newFolder());
  const [a, b] = [freshRef(), freshRef()];
  await store.heads([a, b]);
  primary.mode = "away";
  const [first, second, third] = [commanded([a, 0]), commanded([a, 1]), commanded([b, 0])];
  for (const commit of [first, second, third]) await accepted(store, commit);
  // Without its command the log does not say who wrote it: what comes after it in the same call cannot follow.
  await accepted(world, { writes: first.writes });
  primary.mode = "there";
  await drained(store);
  expect(store.outage().quarantined).toBe(0);
  expect((await world.readAll(0)).map(({ id }) => id)).toEqual([first, third, second].flatMap(({ writes }) => writes[0]!.events[0]!.id));
  await store.close();
});

test("[A18] [G4] appends that go on while the journal drains come to the log once each, in their order, and in the end directly", async () => {
  const { primary, store, world } = await setUp(newFolder(), {}, "own");
  const streams = Array.from({ length: 4 }, () => freshRef());
  await store.heads(streams);
  primary.mode = "away";
  let stop = false;
  const kinds = { provisional: 0, final: 0 };
  const made = await Promise.all([
    ...streams.map(async (stream) => {
      let version = 0;
      while (!stop || version < 20) {
        const result = await accepted(store, commanded([stream, version, 3]));
        if (result.provisional) kinds.provisional += 1;
        else kinds.final += 1;
        version += 3;
        await new Promise(setImmediate);
      }
      return version;
    }),
    (async () => {
      await vi.waitUntil(() => kinds.provisional > 40);
      primary.mode = "there";
      await vi.waitUntil(() => kinds.final > 40);
      stop = true;
      return 0;
    })(),
  ]);
  await drained(store);
  expect(await world.heads(streams)).toEqual(made.slice(0, 4).map((version) => ({ version, ended: false })));
  expect(await store.quarantined()).toEqual([]);
  await store.close();
});
