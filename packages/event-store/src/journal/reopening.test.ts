import { expect, test } from "vitest";
import { accepted, appendOne, codeOf, commitOf, freshRef, newEvent } from "../contract/samples.ts";
import { OtherLogError } from "../errors.ts";
import { tamper } from "../sqlite/testing/test-store.ts";
import { testFolders } from "../sqlite/testing/test-folders.ts";
import { commanded, drained, setUp, versionsIn } from "./testing/outage.ts";

const newFolder = testFolders();

test("[A18] a journal that was not drained is drained when it is opened, before anything else is done", async () => {
  const { primary, store, world, reopen } = await setUp(newFolder());
  const stream = freshRef();
  await store.heads([stream]);
  primary.mode = "away";
  const commit = commanded([stream, 0, 3]);
  await accepted(store, commit);
  await store.close();
  primary.mode = "there";
  const again = await reopen();
  expect(again.outage()).toMatchObject({ state: "none", epoch: 1, commits: 0 });
  expect(await versionsIn(world, stream)).toEqual([1, 2, 3]);
  primary.mode = "away";
  expect(codeOf(await appendOne(again, commit))).toBe("command_already_recorded");
  await accepted(again, commanded([stream, 3]));
  expect(again.outage()).toMatchObject({ epoch: 2 });
  await again.close();
});

test("[A18] opened while the log is away it goes on with what it has, and loses nothing", async () => {
  const { primary, store, world, reopen } = await setUp(newFolder());
  const [stream, elsewhere] = [freshRef(), freshRef()];
  await store.heads([stream, elsewhere]);
  primary.mode = "away";
  const before = commanded([stream, 0, 2]);
  await accepted(store, before);
  const again = await reopen();
  expect(again.outage()).toMatchObject({ state: "away", epoch: 1, commits: 1 });
  expect(codeOf(await appendOne(again, before))).toBe("command_already_recorded");
  expect(codeOf(await appendOne(again, commanded([elsewhere, 0])))).toBe("unavailable");
  // Whether a command is new only the log could tell.
  expect(codeOf(await appendOne(again, commanded([stream, 2])))).toBe("unavailable");
  expect(await accepted(again, commitOf(stream, 2))).toMatchObject({ versions: [3], provisional: true });
  primary.mode = "there";
  await drained(again);
  expect(await versionsIn(world, stream)).toEqual([1, 2, 3]);
  await again.close();
});

test("[A18] a journal belongs to one log and one process", async () => {
  const { primary, store, reopen, directory } = await setUp(newFolder());
  await expect(setUp(directory)).rejects.toMatchObject({ code: "store_in_use" });
  await expect(reopen({ logId: "another" })).rejects.toBeInstanceOf(OtherLogError);
  const again = await reopen();
  expect(primary.mode).toBe("there");
  await again.close();
  expect(store.outage().epoch).toBe(0);
});

test("[A18] a damaged journal is named and not drained", async () => {
  const { primary, store, reopen, directory, world } = await setUp(newFolder());
  const stream = freshRef();
  await store.heads([stream]);
  primary.mode = "away";
  await accepted(store, commitOf(stream, 0, [newEvent("RoomCreated", { name: "Hall" })]));
  await store.close();
  tamper(directory, "UPDATE entries SET entry = replace(entry, 'Hall', 'Hell')", "journal.sqlite");
  primary.mode = "there";
  await expect(reopen()).rejects.toMatchObject({ code: "corrupt_store", details: { seq: 1 } });
  tamper(directory, "UPDATE entries SET entry = replace(entry, 'Hell', 'Hall')", "journal.sqlite");
  await (await reopen()).close();
  expect(await versionsIn(world, stream)).toEqual([1]);
});

test("[A18] a journal that lacks an entry is not drained either", async () => {
  const { primary, store, reopen, directory } = await setUp(newFolder());
  const stream = freshRef();
  await store.heads([stream]);
  primary.mode = "away";
  for (const version of [0, 1]) await accepted(store, commitOf(stream, version));
  await store.close();
  tamper(directory, "DELETE FROM entries WHERE seq = 2", "journal.sqlite");
  await expect(reopen()).rejects.toMatchObject({ code: "corrupt_store", details: { entries: 1, kept: 2 } });
});
