import { expect, test } from "vitest";
import { ref } from "@aethyr/kernel";
import { accepted, commitOf, freshId, freshRef, snapshotOf } from "../contract/samples.ts";
import type { EventStore } from "../event-store.ts";
import { testFolders } from "../sqlite/testing/test-folders.ts";
import { setUp, versionsIn } from "./testing/outage.ts";

const newFolder = testFolders();

test("[A18] while it drains, streams are read with what the journal still has of them, in pages of either direction", async () => {
  const { primary, store, world } = await setUp(newFolder());
  const [stream, begun] = [ref("room", freshId()), ref("player", freshId())];
  await accepted(store, commitOf(stream, 0, 3));
  await store.heads([begun]);
  primary.mode = "away";
  await accepted(store, commitOf(stream, 3, 3));
  await accepted(store, commitOf(begun, 0, 2));
  expect(await versionsIn(store, begun)).toEqual([1, 2]);
  // The log can be read, and takes nothing.
  primary.mode = "there";
  primary.append = () => new Promise(() => undefined);
  const read = async (options: Parameters<EventStore["readStream"]>[1]) =>
    (await store.readStream(stream, options)).map(({ version }) => version);
  expect(await read({})).toEqual([1, 2, 3, 4, 5, 6]);
  expect(await read({ from: 2, limit: 3 })).toEqual([2, 3, 4]);
  expect(await read({ from: 5, to: 9 })).toEqual([5, 6]);
  expect(await read({ to: 4 })).toEqual([1, 2, 3, 4]);
  expect(await read({ direction: "backward" })).toEqual([6, 5, 4, 3, 2, 1]);
  expect(await read({ direction: "backward", from: 5, limit: 3 })).toEqual([5, 4, 3]);
  expect(await read({ direction: "backward", to: 2, limit: 9 })).toEqual([6, 5, 4, 3, 2]);
  expect(await store.listStreams()).toEqual([begun, stream].sort((x, y) => (x.type < y.type ? -1 : 1)));
  expect(await store.listStreams({ type: "player" })).toEqual([begun]);
  expect(await store.listStreams({ limit: 1, after: `player/${begun.id}` })).toEqual([stream]);
  // What is not proven yet is in no feed.
  expect(await store.readAll(0)).toEqual(await world.readAll(0));
  expect(await store.head()).toBe(3);
});

test("[A18] no snapshot of what is provisional is saved, and none is loaded for it", async () => {
  const { primary, store, world } = await setUp(newFolder());
  const stream = freshRef();
  await accepted(store, commitOf(stream, 0, 3));
  await store.saveSnapshot(snapshotOf(stream, 2));
  primary.mode = "away";
  await accepted(store, commitOf(stream, 3, 2));
  await world.saveSnapshot(snapshotOf(stream, 5));
  await expect(store.saveSnapshot(snapshotOf(stream, 4))).rejects.toMatchObject({ code: "unavailable" });
  primary.append = () => new Promise(() => undefined);
  primary.mode = "there";
  await expect(store.saveSnapshot(snapshotOf(stream, 4))).rejects.toMatchObject({ code: "unavailable" });
  expect((await store.loadSnapshot(stream))?.version).toBe(2);
  await store.saveSnapshot(snapshotOf(stream, 3));
  expect((await store.loadSnapshot(stream, 9))?.version).toBe(3);
});
