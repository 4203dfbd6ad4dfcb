import { cpSync, readdirSync, readFileSync, rmSync, statSync, truncateSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { ref } from "@aethyr/kernel";
import { accepted, all, appendOne, codeOf, commitOf, freshId, freshRef, newEvent, newEvents, write } from "../contract/samples.ts";
import { readLog } from "../read-all.ts";
import { openOnThreads, openSqliteEventStore } from "./sqlite-event-store.ts";
import { findingsOf } from "./testing/small-log.ts";
import { testFolders } from "./testing/test-folders.ts";
import { tamper, withStore } from "./testing/test-store.ts";

const newFolder = testFolders();

describe("[D19] a write-ahead log that breaks off", () => {
  test("[G2] [G5] or is overwritten, at any byte: every commit that was complete before it is there, and nothing half", async () => {
    const directory = newFolder();
    const wal = join(directory, "events.sqlite-wal");
    const commits: { readonly events: number; readonly bytes: number }[] = [];
    const copy = newFolder();
    await withStore({ directory }, async (store) => {
      const stream = freshRef();
      for (let index = 0, version = 0; index < 40; index += 1) {
        const events = [1, 3, 20][index % 3] ?? 1;
        await accepted(store, {
          writes: [write(stream, version, newEvents(events)), write(freshRef(), 0)],
          command: { id: freshId(), outcome: null },
        });
        version += events;
        commits.push({ events: events + 1, bytes: statSync(wal).size });
      }
      for (const name of ["events.sqlite", "events.sqlite-wal"]) cpSync(join(directory, name), join(copy, name));
    });

    const length = commits.at(-1)?.bytes ?? 0;
    await fc.assert(
      fc.asyncProperty(fc.nat(length), fc.boolean(), async (offset, cut) => {
        const damaged = newFolder();
        cpSync(copy, damaged, { recursive: true });
        const log = join(damaged, "events.sqlite-wal");
        if (cut) truncateSync(log, offset);
        else
          writeFileSync(
            log,
            readFileSync(log).map((byte, at) => (at === offset ? byte ^ 0x55 : byte)),
          );
        const whole = commits.filter(({ bytes }) => bytes <= offset);
        await withStore({ directory: damaged }, async (store) => {
          const events = await all(readLog(store));
          expect(events).toHaveLength(whole.reduce((sum, commit) => sum + commit.events, 0));
          expect(await store.statistics()).toMatchObject({
            event_count: events.length,
            aggregate_count: whole.length === 0 ? 0 : whole.length + 1,
          });
          expect(codeOf(await appendOne(store, commitOf(freshRef(), 0)))).toBe("ok");
        });
        expect(await findingsOf(damaged)).toEqual([]);
        rmSync(damaged, { recursive: true });
      }),
      {
        numRuns: 60,
        examples: [
          [0, true],
          [length, true],
          [length - 1, true],
          [0, false],
        ],
      },
    );
  });
});

describe("[D18] a folder that holds something else", () => {
  const foreign: readonly (readonly [string, (directory: string) => void])[] = [
    ["text", (directory) => writeFileSync(join(directory, "events.sqlite"), "my events\n".repeat(50))],
    ["an empty file", (directory) => writeFileSync(join(directory, "events.sqlite"), "")],
    [
      "another program's database",
      (directory) =>
        tamper(directory, "PRAGMA journal_mode=wal; CREATE TABLE events (id); PRAGMA application_id=77; PRAGMA user_version=1"),
    ],
    ["a database without a mark", (directory) => tamper(directory, "CREATE TABLE events (id)")],
    ["a write-ahead log without its file", (directory) => writeFileSync(join(directory, "events.sqlite-wal"), "x")],
  ];
  test.each(foreign)("%s is refused and left as it is", async (_what, make) => {
    const directory = newFolder();
    make(directory);
    const files = () =>
      readdirSync(directory)
        .filter((name) => name !== "lock")
        .map((name) => [name, readFileSync(join(directory, name), "base64")]);
    const before = files();
    await expect(openSqliteEventStore({ directory })).rejects.toMatchObject({ code: "foreign_store" });
    await expect(openOnThreads({ directory }, "caller")).rejects.toMatchObject({ code: "foreign_store" });
    expect(files()).toEqual(before);
  });

  test("a log of another format version is refused, with both versions named", async () => {
    const directory = newFolder();
    await withStore({ directory }, async () => undefined);
    tamper(directory, "PRAGMA user_version=3");
    await expect(openOnThreads({ directory }, "caller")).rejects.toMatchObject({
      code: "foreign_store",
      message: expect.stringMatching(/format 3.*format 2/),
    });
    tamper(directory, "PRAGMA user_version=1");
    await expect(openOnThreads({ directory }, "caller")).rejects.toMatchObject({
      code: "foreign_store",
      message: expect.stringMatching(/format 1.*format 2.*no hashes.*another folder/),
    });
    tamper(directory, "PRAGMA user_version=2");
    await withStore({ directory }, async (store) => expect(await store.head()).toBe(0));
  });

  test("a folder that cannot be made is `unavailable`, and what was left of a broken start does not matter", async () => {
    const directory = newFolder();
    writeFileSync(join(directory, "file"), "");
    await expect(openSqliteEventStore({ directory: join(directory, "file", "store") })).rejects.toMatchObject({ code: "unavailable" });
    writeFileSync(join(directory, "events.sqlite.new"), "half of a database");
    await withStore({ directory }, async (store) => expect(await store.head()).toBe(0));
    expect(readdirSync(directory)).not.toContain("events.sqlite.new");
  });
});

describe("a log that was tampered with", () => {
  test("[D16] an event that cannot be read stops the reader there, with its name, and is counted", async () => {
    const directory = newFolder();
    await withStore({ directory }, async (store) => {
      const stream = ref("room", "hall");
      await accepted(store, commitOf(stream, 0, 3));
      tamper(directory, "UPDATE events SET event = '{}' WHERE version = 2");
      const corrupt = { code: "corrupt_store", details: { stream: "room/hall", version: 2 } };
      await expect(store.readStream(stream)).rejects.toMatchObject(corrupt);
      await expect(store.readAll(0)).rejects.toMatchObject(corrupt);
      expect(await store.readStream(stream, { from: 3 })).toHaveLength(1);
      expect((await store.statistics()).load_failures).toBe(2);
    });
  });

  test("[D16] a missing event is damage, never a shorter history", async () => {
    const directory = newFolder();
    await withStore({ directory }, async (store) => {
      const stream = ref("room", "hall");
      await accepted(store, commitOf(stream, 0, 5));
      tamper(directory, "DELETE FROM events WHERE version IN (1, 4)");
      for (const options of [{}, { from: 3 }, { direction: "backward" as const }]) {
        await expect(store.readStream(stream, options)).rejects.toMatchObject({ code: "corrupt_store", details: { stream: "room/hall" } });
      }
      expect(await store.readStream(stream, { from: 2, to: 3 })).toHaveLength(2);
    });
  });

  test("[D16] an event put under another stream is found out", async () => {
    const directory = newFolder();
    await withStore({ directory }, async (store) => {
      await store.append([commitOf(ref("room", "a"), 0, 1), commitOf(ref("room", "b"), 0, 2)]);
      tamper(directory, "UPDATE events SET stream = 1 WHERE stream = 2 AND version = 2");
      await expect(store.readStream(ref("room", "a"))).rejects.toMatchObject({
        code: "corrupt_store",
        message: expect.stringContaining("says that it is room/b@2"),
      });
    });
  });

  test("[D1] versions are unique by the database itself: events that another program slipped in are seen, never written over", async () => {
    const directory = newFolder();
    await withStore({ directory }, async (store) => {
      const stream = ref("room", "hall");
      await accepted(store, commitOf(stream, 0));
      tamper(
        directory,
        "INSERT INTO events SELECT position + 1024, stream, version + 1, event FROM events; INSERT INTO transactions SELECT tx + 1, time, entries, entries_root, tree_root, alh, subtrees FROM transactions WHERE tx = 2",
      );
      expect(await appendOne(store, commitOf(stream, 1))).toMatchObject({
        ok: false,
        error: { code: "wrong_expected_version", actual: 2 },
      });
      expect(await accepted(store, commitOf(stream, 2))).toMatchObject({ versions: [3], position: 4 * 1024 });
    });
  });

  test("a damaged page is `corrupt_store`, with what to do about it", async () => {
    const directory = newFolder();
    await withStore({ directory }, async (store) => {
      for (let count = 0; count < 20; count += 1) await store.append([commitOf(freshRef(), 0, 50)]);
    });
    const file = join(directory, "events.sqlite");
    const bytes = readFileSync(file);
    bytes.fill(0xa5, 4096 * 8);
    writeFileSync(file, bytes);
    await withStore({ directory }, async (store) => {
      await expect(all(readLog(store))).rejects.toMatchObject({
        code: "corrupt_store",
        message: expect.stringContaining("restore it from a backup"),
      });
    });
  });
});

test("an operator reads the log with the sqlite3 tool, while the store is open", async () => {
  const directory = join(newFolder(), "new", "folder");
  await withStore({ directory }, async (store) => {
    await accepted(store, commitOf(ref("room", "hall"), 0, [newEvent("RoomCreated", { name: "Hall" })]));
    const database = new DatabaseSync(join(directory, "events.sqlite"), { readOnly: true });
    expect(database.prepare("SELECT position, tx, path, version, time, type, event ->> '$.data.name' AS name FROM history").all()).toEqual([
      { position: 2048, tx: 2, path: "room/hall", version: 1, time: "2026-01-02T03:04:05.678Z", type: "RoomCreated", name: "Hall" },
    ]);
    expect(database.prepare("SELECT tx, entries, length(alh) AS hash FROM transactions").all()).toEqual([
      { tx: 1, entries: 1, hash: 32 },
      { tx: 2, entries: 2, hash: 32 },
    ]);
    database.close();
  });
});
