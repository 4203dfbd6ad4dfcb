import { expect, test } from "vitest";
import { pathOf, type Ref } from "@aethyr/kernel";
import { accepted, appendOne, codeOf, commitOf, freshRef, write } from "../contract/samples.ts";
import type { Commit, EventStore } from "../event-store.ts";
import { testFolders } from "../sqlite/testing/test-folders.ts";
import { tamper } from "../sqlite/testing/test-store.ts";
import { commanded, drained, setUp } from "./testing/outage.ts";
import { readQuarantine, type JournaledEventStore } from "./with-journal.ts";

const newFolder = testFolders();
const versionOf = async (store: EventStore, stream: Ref) => (await store.heads([stream]))[0]?.version;
const putAside = async (store: JournaledEventStore) => (await store.quarantined()).map(({ command }) => command?.id);
const idOf = ({ command }: Commit) => command?.id;

test("[A18] what another has overtaken is put aside with all that builds on it, and everything else comes into the log", async () => {
  const folder = newFolder();
  const told: (readonly (string | undefined)[])[] = [];
  const { primary, store, world, reopen } = await setUp(folder, {
    onQuarantine: (these) => told.push(these.map(({ command }) => command?.id)),
  });
  const [a, b, c, d] = [freshRef(), freshRef(), freshRef(), freshRef()];
  await accepted(store, commitOf(a, 0));
  await store.heads([b, c, d]);
  primary.mode = "away";
  const overtaken = commanded([a, 1], [b, 0]);
  const before = commanded([c, 0]);
  const onItsStream = commanded([a, 2]);
  const onItsOther = commanded([b, 1], [c, 1]);
  const onThat = commanded([c, 2]);
  const readsIt = { ...commanded([d, 0]), asserts: [{ stream: a, expect: 3 }] };
  const begunByIt = { ...commanded([d, 1]), asserts: [{ stream: b, expect: "alive" as const }] };
  const aliveAnyway = { ...commanded([d, 0]), asserts: [{ stream: a, expect: "alive" as const }] };
  for (const commit of [before, overtaken, onItsStream, onItsOther, onThat]) await accepted(store, commit);
  await accepted(store, aliveAnyway);
  for (const commit of [
    { ...readsIt, writes: [write(d, 1)] },
    { ...begunByIt, writes: [write(d, 2)] },
  ])
    await accepted(store, commit);
  await accepted(world, commitOf(a, 1, 2));
  primary.mode = "there";
  const streams: Ref[] = [];
  store.onQuarantine((_these, refs) => streams.push(...refs));
  await drained(store);

  const aside = [overtaken, onItsStream, onItsOther, onThat, readsIt, begunByIt].map(idOf);
  expect(told).toEqual([aside]);
  expect(await putAside(store)).toEqual(aside);
  expect(new Set(streams.map(pathOf))).toEqual(new Set([a, b, c, d].map(pathOf)));
  expect(await Promise.all([a, b, c, d].map((stream) => versionOf(store, stream)))).toEqual([3, 0, 1, 1]);
  expect(await world.outcomes([before.command.id, aliveAnyway.command.id])).toMatchObject([{ position: 4 }, { position: 5 }]);
  expect(await store.outcomes([overtaken.command.id])).toEqual([undefined]);
  const [first, second] = await store.quarantined();
  expect(first).toMatchObject({
    seq: 2,
    epoch: 1,
    actor: "player/ada",
    command: overtaken.command,
    writes: [
      { path: pathOf(a), expected: 1, events: overtaken.writes[0]?.events },
      { path: pathOf(b), expected: 0, events: overtaken.writes[1]?.events },
    ],
    reason: { code: "wrong_expected_version", refused: 2 },
  });
  expect(second?.reason).toMatchObject({ code: "depends_on", refused: 2 });
  expect(await store.quarantined({ after: 2, limit: 1 })).toEqual([second]);

  // It is told to whoever looks from outside, stays after a restart, and is not tried again.
  expect((await readQuarantine(folder))?.map(({ seq }) => seq)).toEqual([2, 3, 4, 5, 7, 8]);
  const again = await reopen();
  expect(await putAside(again)).toEqual(aside);
  expect(again.outage()).toMatchObject({ state: "none", quarantined: 6 });
  expect(await versionOf(world, a)).toBe(3);
  // Whoever sends the command again has it decided anew.
  expect(await accepted(again, { ...commanded([a, 3]), command: overtaken.command })).not.toHaveProperty("provisional");
  await again.close();
});

test("[A18] a command that took effect meanwhile, with other events, is put aside, whatever it wrote", async () => {
  const { primary, store, world } = await setUp(newFolder());
  const [a, b] = [freshRef(), freshRef()];
  await store.heads([a, b]);
  primary.mode = "away";
  const commit = commanded([a, 0]);
  await accepted(store, commit);
  await accepted(store, commanded([a, 1]));
  await accepted(world, { ...commanded([b, 0]), command: commit.command });
  primary.mode = "there";
  await drained(store);
  expect((await store.quarantined()).map(({ reason }) => reason.code)).toEqual(["command_already_recorded", "depends_on"]);
  expect(await world.heads([a, b])).toMatchObject([{ version: 0 }, { version: 1 }]);
  await store.close();
});

test("[A18] another stream that ended meanwhile, or an assert that no longer holds, is a reason too", async () => {
  const { primary, store, world } = await setUp(newFolder());
  const [ended, read, written] = [freshRef(), freshRef(), freshRef()];
  await accepted(store, commitOf(ended, 0));
  await accepted(store, commitOf(read, 0));
  await store.heads([written]);
  primary.mode = "away";
  await accepted(store, commanded([ended, 1]));
  await accepted(store, { ...commanded([written, 0]), asserts: [{ stream: read, expect: 1 }] });
  await accepted(world, { writes: [write(ended, 1, 1, true)] });
  await accepted(world, commitOf(read, 1));
  primary.mode = "there";
  await drained(store);
  expect((await store.quarantined()).map(({ reason }) => reason)).toMatchObject([
    { code: "stream_ended", refused: 1 },
    { code: "wrong_expected_version", refused: 2 },
  ]);
  await store.close();
});

test("[A18] [G5] an append that waits while what it was decided on is put aside is refused, though its stream has the version it expects", async () => {
  const { primary, store, world } = await setUp(newFolder(), {}, "own");
  const stream = freshRef();
  await store.heads([stream]);
  primary.mode = "away";
  await accepted(store, commanded([stream, 0, 2]));
  await accepted(world, commitOf(stream, 0, 2));
  // The last of the journal: while the log looks at it, appends wait.
  const asked = Promise.withResolvers<void>();
  const answer = Promise.withResolvers<void>();
  const { append } = primary;
  primary.append = async (commits) => {
    asked.resolve();
    await answer.promise;
    return append.call(primary, commits);
  };
  primary.mode = "there";
  await asked.promise;
  const waiting = appendOne(store, commanded([stream, 2]));
  const waitingRead = appendOne(store, { ...commanded([freshRef(), 0]), asserts: [{ stream, expect: 2 }] });
  answer.resolve();
  expect(codeOf(await waiting)).toBe("wrong_expected_version");
  expect(codeOf(await waitingRead)).toBe("wrong_expected_version");
  await drained(store);
  expect(await store.quarantined()).toHaveLength(1);
  expect(await versionOf(store, stream)).toBe(2);
  // Decided anew on what is there, it is taken.
  await accepted(store, commanded([stream, 2]));
  await store.close();
});

test("[A18] what is too much for the log is drained one by one, and put aside only if it is too much alone", async () => {
  const { primary, store, world } = await setUp(newFolder());
  const [a, b] = [freshRef(), freshRef()];
  await store.heads([a, b]);
  primary.mode = "away";
  const [one, two, large] = [commanded([a, 0, 20]), commanded([a, 20, 20]), commanded([b, 0, 40])];
  for (const commit of [one, two, large]) await accepted(store, commit);
  const { append } = primary;
  primary.append = async (commits) => {
    const events = commits.flatMap(({ writes }) => writes.flatMap((each) => each.events)).length;
    // Of the memory store's own making, so that it is the real error.
    return events > 30 ? world.append([commitOf(a, 0, 513)]) : append.call(primary, commits);
  };
  primary.mode = "there";
  await drained(store);
  expect(await world.heads([a, b])).toMatchObject([{ version: 40 }, { version: 0 }]);
  expect((await store.quarantined()).map(({ command, reason }) => [command?.id, reason.code])).toEqual([
    [large.command.id, "limit_exceeded"],
  ]);
  await store.close();
});

test("[A18] a quarantine that was altered is named, a folder without one has none", async () => {
  const folder = newFolder();
  expect(await readQuarantine(folder)).toBeUndefined();
  const { primary, store, world } = await setUp(folder);
  const stream = freshRef();
  await store.heads([stream]);
  primary.mode = "away";
  await accepted(store, commanded([stream, 0]));
  await accepted(world, commitOf(stream, 0));
  primary.mode = "there";
  await drained(store);
  await store.close();
  tamper(folder, "UPDATE quarantine SET entry = replace(entry, 'ada', 'bob')", "journal.sqlite");
  await expect(readQuarantine(folder)).rejects.toMatchObject({ code: "corrupt_store", details: { seq: 1 } });
});
