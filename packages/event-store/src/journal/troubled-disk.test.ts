import { expect, test, vi } from "vitest";
import { pathOf } from "@aethyr/kernel";
import { accepted, appendOne, commitOf, freshRef } from "../contract/samples.ts";
import { createMemoryEventStore } from "../memory/memory-event-store.ts";
import { LinkLostError } from "../sqlite/link.ts";
import { testFolders } from "../sqlite/testing/test-folders.ts";
import { tamper } from "../sqlite/testing/test-store.ts";
import { createAppending } from "./appending.ts";
import { createKnown } from "./known.ts";
import { silentLog } from "./log.ts";
import { createPendingEntries } from "./pending-entries.ts";
import { createPresence } from "./presence.ts";
import { commanded, drained, setUp } from "./testing/outage.ts";
import { createTurns } from "./turns.ts";

const newFolder = testFolders();
const change = (directory: string, sql: string) => tamper(directory, sql, "journal.sqlite");

test.each([
  ["cannot be written", "CREATE TRIGGER trouble BEFORE INSERT ON entries BEGIN SELECT RAISE(ABORT, 'no room'); END"],
  // The row that refers to nothing is found by COMMIT.
  [
    "fails at its last step",
    "CREATE TABLE parent (id INTEGER PRIMARY KEY); CREATE TABLE child (id REFERENCES parent DEFERRABLE INITIALLY DEFERRED); CREATE TRIGGER trouble AFTER INSERT ON entries BEGIN INSERT INTO child VALUES (1); END",
  ],
])("[A18] [G2] where the journal %s nothing is acknowledged or kept, and it goes on when that is over", async (_what, trouble) => {
  const { primary, store, world, directory } = await setUp(newFolder());
  const stream = freshRef();
  await store.heads([stream]);
  primary.mode = "away";
  await accepted(store, commanded([stream, 0]));
  change(directory, trouble);
  const commit = commanded([stream, 1]);
  await expect(appendOne(store, commit)).rejects.toMatchObject({ code: "unavailable" });
  expect(store.outage()).toMatchObject({ commits: 1, events: 1 });
  change(directory, "DROP TRIGGER trouble");
  expect(await accepted(store, commit)).toMatchObject({ versions: [2] });
  primary.mode = "there";
  await drained(store);
  expect((await world.readStream(stream)).map(({ version }) => version)).toEqual([1, 2]);
  await store.close();
});

test("[A18] [G3] where the journal cannot forget what is in the log, it is found there again and again, and is there once", async () => {
  const { primary, store, world, directory } = await setUp(newFolder());
  const stream = freshRef();
  await store.heads([stream]);
  primary.mode = "away";
  await accepted(store, commanded([stream, 0, 2]));
  change(directory, "CREATE TRIGGER trouble BEFORE DELETE ON entries BEGIN SELECT RAISE(ABORT, 'no room'); END");
  primary.mode = "there";
  const tried = primary.appends();
  await vi.waitFor(() => expect(primary.appends()).toBeGreaterThan(tried + 2), { timeout: 10_000 });
  expect(store.outage()).toMatchObject({ commits: 1, quarantined: 0 });
  expect(await accepted(store, commanded([stream, 2]))).toMatchObject({ provisional: true });
  change(directory, "DROP TRIGGER trouble");
  await drained(store);
  expect(await world.readAll(0)).toHaveLength(3);
  await store.close();
});

test("[A18] a journal whose thread is lost leaves it open whether the append was kept, and the command stays so", async () => {
  const primary = createMemoryEventStore();
  const known = createKnown({ heads: 10, commands: 10 });
  const presence = createPresence(silentLog, () => undefined);
  presence.left(new Error("away"));
  const appending = createAppending({
    primary,
    file: { call: () => Promise.reject(new LinkLostError("the thread ended")), close: async () => undefined },
    known,
    pending: createPendingEntries(),
    presence,
    freshness: {
      start: async () => undefined,
      recorded: () => undefined,
      fresh: async (ids) => new Set(ids),
      close: async () => undefined,
    },
    turns: createTurns(),
    limit: { events: 10, bytes: 100_000 },
    patienceMs: 1_000,
    now: () => "2026-01-02T03:04:05.678Z",
    journaled: () => undefined,
  });
  const stream = freshRef();
  known.learnHead(pathOf(stream), { version: 0, ended: false });
  const commit = commanded([stream, 0]);
  await expect(appending.append([commit])).rejects.toMatchObject({ code: "outcome_unknown" });
  expect(await appending.append([commit])).toMatchObject([{ error: { code: "outcome_unknown" } }]);
  expect(await appending.append([commitOf(stream, 0)])).toMatchObject([{ error: { code: "unavailable" } }]);
});

test("[A18] [G12] what is remembered of the log is bounded: what was used longest ago is forgotten, and is unavailable then", async () => {
  const { primary, store } = await setUp(newFolder(), { remembers: { heads: 2, commands: 1 } });
  const [a, b, c] = [freshRef(), freshRef(), freshRef()];
  const commits = [commanded([a, 0]), commanded([b, 0]), commanded([c, 0])];
  for (const commit of commits) await accepted(store, commit);
  primary.mode = "away";
  expect((await store.append(commits)).map((result) => result.ok || result.error.code)).toEqual([
    "unavailable",
    "unavailable",
    "command_already_recorded",
  ]);
  await store.close();
});
