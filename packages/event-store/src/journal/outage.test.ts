import { expect, test, vi } from "vitest";
import { accepted, appendOne, codeOf, commitOf, freshRef, write } from "../contract/samples.ts";
import { HistoryLostError } from "../errors.ts";
import { testFolders } from "../sqlite/testing/test-folders.ts";
import { commanded, drained, setUp, versionsIn } from "./testing/outage.ts";

const newFolder = testFolders();

test("[A18] while the log is away, commits on known streams are journaled, and are in the log, as they were, when it is back", async () => {
  const { world, primary, store } = await setUp(newFolder());
  const stream = freshRef();
  await accepted(store, commitOf(stream, 0, 2));
  primary.mode = "away";
  const [one, two] = [commanded([stream, 2, 2]), commanded([stream, 4])];
  expect(await appendOne(store, one)).toEqual({ ok: true, position: 0, versions: [4], provisional: true });
  expect(await appendOne(store, two)).toEqual({ ok: true, position: 0, versions: [5], provisional: true });
  expect(store.outage()).toMatchObject({ state: "away", epoch: 1, commits: 2, events: 3, quarantined: 0, reason: "away" });
  const journaled = await store.readStream(stream, { from: 3 });
  expect(journaled.map(({ version, position }) => [version, position])).toEqual([3, 4, 5].map((version) => [version, 0]));
  primary.mode = "there";
  await drained(store);
  const log = await world.readAll(0);
  expect(log.slice(2).map(({ id }) => id)).toEqual([...one.writes, ...two.writes].flatMap(({ events }) => events.map(({ id }) => id)));
  expect(log.slice(2).map(({ bytes }) => Buffer.from(bytes).toString())).toEqual(
    journaled.map(({ bytes }) => Buffer.from(bytes).toString()),
  );
  expect(await world.outcomes([one.command.id, two.command.id])).toMatchObject([{ position: 4 }, { position: 5 }]);
  expect(await accepted(store, commanded([stream, 5]))).toEqual({ ok: true, position: 6, versions: [6] });
  expect(await store.quarantined()).toEqual([]);
  await store.close();
});

test("[A18] nothing is journaled for a log that is another one than it was, also where it went away first", async () => {
  for (const before of [[], ["away"]] as const) {
    const { primary, store } = await setUp(newFolder());
    const stream = freshRef();
    await accepted(store, commitOf(stream, 0));
    for (const mode of before) {
      primary.mode = mode;
      expect(await appendOne(store, commanded([stream, 1]))).toMatchObject({ provisional: true });
    }
    primary.mode = "put back";
    const version = 1 + before.length;
    await vi.waitFor(() => expect(store.append([commanded([stream, version])])).rejects.toBeInstanceOf(HistoryLostError));
    primary.mode = "there";
    await expect(store.append([commanded([stream, version])])).rejects.toBeInstanceOf(HistoryLostError);
    await store.close();
  }
});

test("[A18] a stream that this process does not know is unavailable while the log is away, and costs nobody else anything", async () => {
  const { primary, store, world } = await setUp(newFolder());
  const [known, unknown, read] = [freshRef(), freshRef(), freshRef()];
  await accepted(world, commitOf(unknown, 0));
  await store.heads([known, read]);
  primary.mode = "away";
  const results = await store.append([
    commanded([known, 0]),
    commanded([unknown, 1]),
    { ...commanded([known, 1]), asserts: [{ stream: unknown, expect: "alive" }] },
    { ...commanded([known, 1]), asserts: [{ stream: read, expect: 0 }] },
  ]);
  expect(results.map(codeOf)).toEqual(["ok", "unavailable", "unavailable", "ok"]);
  for (const asked of [store.heads([unknown]), store.readStream(unknown), store.readAll(0), store.head()])
    await expect(asked).rejects.toMatchObject({ code: "unavailable" });
  primary.mode = "there";
  await drained(store);
  expect(await versionsIn(world, known)).toEqual([1, 2]);
  await store.close();
});

test("[A18] [G3] a command that is in the journal, or that this process saw in the log, is refused a second time as recorded", async () => {
  const { primary, store } = await setUp(newFolder());
  const stream = freshRef();
  const before = commanded([stream, 0]);
  const { position } = await accepted(store, before);
  primary.mode = "away";
  const during = commanded([stream, 1]);
  const results = await store.append([during, during, commanded([stream, 2])]);
  expect(results.map(codeOf)).toEqual(["ok", "command_already_recorded", "ok"]);
  expect(await appendOne(store, { ...during, writes: [write(stream, "any")] })).toMatchObject({
    error: { code: "command_already_recorded", outcome: during.command.outcome, position: 0, provisional: true },
  });
  expect(await appendOne(store, before)).toMatchObject({ error: { code: "command_already_recorded", position, provisional: false } });
  expect(await store.outcomes([during.command.id, before.command.id])).toEqual([
    { outcome: during.command.outcome, position: 0, provisional: true },
    { outcome: before.command.outcome, position },
  ]);
  primary.mode = "there";
  await drained(store);
  expect(await store.outcomes([during.command.id])).toEqual([{ outcome: during.command.outcome, position: position + 1 }]);
  await store.close();
});

test("[A18] `after`, asserts, ends and expected versions hold within the journal as in the log", async () => {
  const { primary, store, world } = await setUp(newFolder());
  const [a, b, room] = [freshRef(), freshRef(), freshRef()];
  await store.heads([a, b, room]);
  primary.mode = "away";
  const [first, second] = [commanded([a, 1]), commanded([a, 0])];
  const results = await store.append([
    first,
    second,
    { writes: [{ ...write(a, 1), after: first.command.id }] },
    { writes: [{ ...write(a, 1), after: second.command.id }] },
    { writes: [write(b, 0)], asserts: [{ stream: room, expect: "alive" }] },
    commitOf(room, "no-stream"),
    { writes: [write(b, 0)], asserts: [{ stream: room, expect: "alive" }] },
    { writes: [write(room, "any", 1, true)] },
    { writes: [write(b, 1)], asserts: [{ stream: room, expect: "alive" }] },
    commitOf(room, 2),
    { writes: [write(b, "stream-exists")], asserts: [{ stream: room, expect: 2 }] },
  ]);
  const wrong = "wrong_expected_version";
  expect(results.map(codeOf)).toEqual([wrong, "ok", wrong, "ok", wrong, "ok", "ok", "ok", "stream_ended", "stream_ended", "ok"]);
  expect(await store.heads([a, b, room])).toEqual([
    { version: 2, ended: false },
    { version: 2, ended: false },
    { version: 2, ended: true },
  ]);
  primary.mode = "there";
  await drained(store);
  expect(store.outage().quarantined).toBe(0);
  expect(await world.heads([a, b, room])).toMatchObject([{ version: 2 }, { version: 2 }, { version: 2, ended: true }]);
  await store.close();
});

test("[A18] [G12] a journal that is full takes no more, and goes on when the log is back", async () => {
  const { primary, store, world } = await setUp(newFolder(), { limit: { events: 3 } });
  const stream = freshRef();
  await store.heads([stream]);
  primary.mode = "away";
  await accepted(store, commanded([stream, 0, 2]));
  await expect(appendOne(store, commanded([stream, 2, 2]))).rejects.toMatchObject({ code: "unavailable" });
  await accepted(store, commanded([stream, 2]));
  primary.mode = "there";
  await drained(store);
  await accepted(store, commanded([stream, 3, 5]));
  expect(await versionsIn(world, stream)).toHaveLength(8);
  await store.close();
});
