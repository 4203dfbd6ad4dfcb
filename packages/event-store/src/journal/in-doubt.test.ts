import { expect, test } from "vitest";
import { accepted, appendOne, codeOf, commitOf, freshRef, write } from "../contract/samples.ts";
import { testFolders } from "../sqlite/testing/test-folders.ts";
import { commanded, drained, setUp, versionsIn } from "./testing/outage.ts";

const newFolder = testFolders();

test("[A18] an append whose outcome is not known is never journaled, and stays unknown while the log is away", async () => {
  const { primary, store, world } = await setUp(newFolder());
  const [stream, other] = [freshRef(), freshRef()];
  await accepted(store, commitOf(stream, 0));
  await store.heads([other]);
  const lost = commanded([stream, 1]);
  primary.losing.push("after");
  const appending = appendOne(store, lost);
  primary.mode = "away";
  primary.mode = "there";
  await expect(appending).rejects.toMatchObject({ code: "outcome_unknown" });
  primary.mode = "away";
  expect(codeOf(await appendOne(store, lost))).toBe("outcome_unknown");
  // Nor can anything be built on a stream that may have moved.
  expect(codeOf(await appendOne(store, commanded([stream, 1])))).toBe("unavailable");
  expect(codeOf(await appendOne(store, commanded([other, 0])))).toBe("ok");
  primary.mode = "there";
  await drained(store);
  expect(await appendOne(store, lost)).toMatchObject({ error: { code: "command_already_recorded", position: 2, provisional: false } });
  expect(await versionsIn(world, stream)).toEqual([1, 2]);
  await store.close();
});

test("[A18] what is still on its way to the log when that is found to be away is not known, whatever was known of it before", async () => {
  const { primary, store, world } = await setUp(newFolder());
  const [stream, other] = [freshRef(), freshRef()];
  await store.heads([stream, other]);
  const answer = Promise.withResolvers<void>();
  const { append } = primary;
  primary.append = async (commits) => {
    await answer.promise;
    return append.call(primary, commits);
  };
  const slow = commanded([stream, 0]);
  const sent = appendOne(store, slow);
  primary.append = append.bind(primary);
  primary.mode = "away";
  expect(await accepted(store, commanded([other, 0]))).toMatchObject({ provisional: true });
  expect(codeOf(await appendOne(store, commanded([stream, 0])))).toBe("unavailable");
  expect(codeOf(await appendOne(store, { ...commanded([other, 1]), command: slow.command }))).toBe("outcome_unknown");
  primary.mode = "there";
  answer.resolve();
  expect(await sent).toMatchObject({ ok: true, versions: [1] });
  await drained(store);
  // Two at once on one stream: their answers do not tell where it stands.
  await Promise.all([accepted(store, { writes: [write(stream, "any")] }), accepted(store, { writes: [write(stream, "any")] })]);
  primary.mode = "away";
  expect(codeOf(await appendOne(store, commanded([stream, 3])))).toBe("unavailable");
  primary.mode = "there";
  await drained(store);
  expect(await versionsIn(world, stream)).toEqual([1, 2, 3]);
  await store.close();
});

test("[A18] a log that is silent counts as away: what it has been asked is unknown until it answers, everything else goes on", async () => {
  const { primary, store, world } = await setUp(newFolder(), { patienceMs: 30 });
  const [stream, other] = [freshRef(), freshRef()];
  await store.heads([stream, other]);
  primary.mode = "silent";
  const late = commanded([stream, 0]);
  await expect(appendOne(store, late)).rejects.toMatchObject({ code: "outcome_unknown" });
  expect(await accepted(store, commanded([other, 0]))).toMatchObject({ provisional: true });
  expect(codeOf(await appendOne(store, commanded([stream, 0])))).toBe("unavailable");
  expect(codeOf(await appendOne(store, late))).toBe("outcome_unknown");
  primary.mode = "there";
  await drained(store);
  expect(await appendOne(store, late)).toMatchObject({ error: { code: "command_already_recorded" } });
  expect(await accepted(store, commanded([stream, 1]))).not.toHaveProperty("provisional");
  expect(await versionsIn(world, other)).toEqual([1]);
  await store.close();
});
