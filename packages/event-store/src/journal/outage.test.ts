import { expect, test, vi } from "vitest";
import { ref, type Ref } from "@aethyr/kernel";
import { accepted, appendOne, codeOf, commitOf, freshId, freshRef, newEvent, snapshotOf, write } from "../contract/samples.ts";
import type { EventStore } from "../event-store.ts";
import { OtherLogError } from "../sqlite/log-id.ts";
import { tamper } from "../sqlite/testing/test-store.ts";
import { testFolders } from "../sqlite/testing/test-folders.ts";
import { commanded, drained, setUp } from "./testing/outage.ts";

const newFolder = testFolders();
const versionsIn = async (store: EventStore, stream: Ref) => (await store.readStream(stream)).map(({ version }) => version);

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
  for (const asked of [store.heads([unknown]), store.readStream(unknown), store.readAll(0), store.head(), store.outcomes([freshId()])])
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
  expect(await accepted(again, commanded([stream, 2]))).toMatchObject({ versions: [3], provisional: true });
  primary.mode = "there";
  await drained(again);
  expect(await versionsIn(world, stream)).toEqual([1, 2, 3]);
  await again.close();
});

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
