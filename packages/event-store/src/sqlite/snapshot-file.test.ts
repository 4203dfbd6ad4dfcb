import { cpSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { pathOf } from "@aethyr/kernel";
import { accepted, commitOf, freshRef, snapshotOf } from "../contract/samples.ts";
import { testFolders } from "./testing/test-folders.ts";
import { tamper, withStore } from "./testing/test-store.ts";

const newFolder = testFolders();

describe("[D20] snapshots are a cache", () => {
  test.each([
    ["no database", (file: string) => writeFileSync(file, "x".repeat(9000))],
    ["another program's database", (file: string) => tamper(join(file, ".."), "PRAGMA application_id=5", "snapshots.sqlite")],
    ["of an older format, without checksums", (file: string) => tamper(join(file, ".."), "PRAGMA user_version=1", "snapshots.sqlite")],
    ["of another log", (file: string) => tamper(join(file, ".."), "UPDATE log SET id = 'another'", "snapshots.sqlite")],
    ["of no log", (file: string) => tamper(join(file, ".."), "DELETE FROM log", "snapshots.sqlite")],
    [
      "damaged inside",
      (file: string) =>
        writeFileSync(
          file,
          readFileSync(file).map((byte, at) => (at < 4096 ? byte : 0xa5)),
        ),
    ],
  ])("a file that is %s is set aside with a warning, and the store works", async (_what, damage) => {
    const directory = newFolder();
    const stream = freshRef();
    await withStore({ directory }, async (store) => {
      await accepted(store, commitOf(stream, 0));
      await store.saveSnapshot(snapshotOf(stream, 1));
    });
    for (const round of ["", "-2"]) {
      damage(join(directory, "snapshots.sqlite"));
      const warnings: string[] = [];
      await withStore({ directory, onWarning: (message) => warnings.push(message) }, async (store) => {
        expect(await store.loadSnapshot(stream)).toBeUndefined();
        expect(warnings).toEqual([expect.stringContaining(`snapshots.sqlite.unreadable${round}`)]);
        expect(await store.readStream(stream)).toHaveLength(1);
        await store.saveSnapshot(snapshotOf(stream, 1));
        expect(await store.loadSnapshot(stream)).toEqual(snapshotOf(stream, 1));
        expect((await store.statistics()).snapshot_count).toBe(1);
      });
      expect(readdirSync(directory)).toContain(`snapshots.sqlite.unreadable${round}`);
    }
  });

  test("one that cannot be read is none, with a warning, and the next takes its place", async () => {
    const directory = newFolder();
    const stream = freshRef();
    const warnings: string[] = [];
    await withStore({ directory, onWarning: (message) => warnings.push(message) }, async (store) => {
      await store.saveSnapshot(snapshotOf(stream, 1));
      tamper(directory, "UPDATE snapshots SET snapshot = '{}'", "snapshots.sqlite");
      expect(await store.loadSnapshot(stream)).toBeUndefined();
      expect(warnings).toEqual([expect.stringContaining(`${pathOf(stream)}@1`)]);
      expect(await store.statistics()).toMatchObject({ load_failures: 1, snapshots_loaded: 0 });
      await store.saveSnapshot(snapshotOf(stream, 1));
      expect(await store.loadSnapshot(stream)).toEqual(snapshotOf(stream, 1));
    });
  });

  test.each([
    ["text", `snapshot = replace(snapshot, '"status":"active"', '"status":"done"')`],
    ["checksum", "sha256 = zeroblob(32)"],
    ["event", "event = zeroblob(32)"],
  ])("one whose %s was changed and can still be read is none, with one warning, and the next takes its place", async (_what, change) => {
    const directory = newFolder();
    const stream = freshRef();
    const warnings: string[] = [];
    await withStore({ directory, onWarning: (message) => warnings.push(message) }, async (store) => {
      await accepted(store, commitOf(stream, 0, 2));
      for (const version of [1, 2]) await store.saveSnapshot(snapshotOf(stream, version));
      tamper(directory, `UPDATE snapshots SET ${change} WHERE version = 2`, "snapshots.sqlite");
      expect(await store.loadSnapshot(stream)).toBeUndefined();
      expect(await store.statistics()).toMatchObject({ load_failures: 1, snapshots_loaded: 0, snapshot_count: 1 });
      expect(await store.loadSnapshot(stream)).toEqual(snapshotOf(stream, 1));
      expect(warnings).toEqual([expect.stringContaining(`${pathOf(stream)}@2`)]);
      await store.saveSnapshot(snapshotOf(stream, 2));
      expect(await store.loadSnapshot(stream)).toEqual(snapshotOf(stream, 2));
      tamper(directory, "UPDATE snapshots SET sha256 = zeroblob(32)", "snapshots.sqlite");
      for (let removed = 0; removed < 2; removed += 1) expect(await store.loadSnapshot(stream)).toBeUndefined();
      expect((await store.statistics()).snapshot_count).toBe(0);
      expect(await store.loadSnapshot(stream)).toBeUndefined();
      expect(warnings).toHaveLength(3);
    });
  });

  test("one that cannot be removed either is none all the same, and its warning says so", async () => {
    const directory = newFolder();
    const stream = freshRef();
    const warnings: string[] = [];
    await withStore({ directory, onWarning: (message) => warnings.push(message) }, async (store) => {
      await store.saveSnapshot(snapshotOf(stream, 1));
      tamper(
        directory,
        "UPDATE snapshots SET sha256 = zeroblob(32); CREATE TRIGGER kept BEFORE DELETE ON snapshots BEGIN SELECT raise(ABORT, 'kept'); END",
        "snapshots.sqlite",
      );
      expect(await store.loadSnapshot(stream)).toBeUndefined();
      expect(warnings).toEqual([expect.stringContaining("kept")]);
    });
  });

  test("of a log that went another way since, as after a restore, they are not believed", async () => {
    const directory = newFolder();
    const copy = newFolder();
    const stream = freshRef();
    await withStore({ directory }, (store) => accepted(store, commitOf(stream, 0)).then(() => undefined));
    cpSync(join(directory, "events.sqlite"), join(copy, "events.sqlite"));
    await withStore({ directory }, async (store) => {
      await store.saveSnapshot(snapshotOf(stream, 1));
      await accepted(store, commitOf(stream, 1));
      await store.saveSnapshot(snapshotOf(stream, 2));
    });
    cpSync(join(copy, "events.sqlite"), join(directory, "events.sqlite"));
    const warnings: string[] = [];
    await withStore({ directory, onWarning: (message) => warnings.push(message) }, async (store) => {
      await accepted(store, commitOf(stream, 1));
      expect(await store.loadSnapshot(stream)).toBeUndefined();
      expect(await store.loadSnapshot(stream)).toEqual(snapshotOf(stream, 1));
      expect(warnings).toEqual([expect.stringContaining(`${pathOf(stream)}@2`)]);
    });
  });

  test("of another log, put in this one's place, they are set aside", async () => {
    const [directory, other] = [newFolder(), newFolder()];
    const stream = freshRef();
    for (const each of [directory, other])
      await withStore({ directory: each }, async (store) => {
        await accepted(store, commitOf(stream, 0));
        await store.saveSnapshot(snapshotOf(stream, 1));
      });
    cpSync(join(other, "events.sqlite"), join(directory, "events.sqlite"));
    const warnings: string[] = [];
    await withStore({ directory, onWarning: (message) => warnings.push(message) }, async (store) => {
      expect(await store.loadSnapshot(stream)).toBeUndefined();
      expect(warnings).toEqual([expect.stringMatching(/another log.*snapshots\.sqlite\.unreadable/)]);
    });
  });

  test("only the newest are kept, as many as asked for", async () => {
    await withStore({ directory: newFolder(), snapshotsPerStream: 3 }, async (store) => {
      const stream = freshRef();
      for (let version = 10; version <= 60; version += 10) await store.saveSnapshot(snapshotOf(stream, version));
      expect((await store.loadSnapshot(stream, 45))?.version).toBe(40);
      expect(await store.loadSnapshot(stream, 39)).toBeUndefined();
    });
  });

  test("their file may be deleted while the store is closed", async () => {
    const directory = newFolder();
    const stream = freshRef();
    await withStore({ directory }, (store) => store.saveSnapshot(snapshotOf(stream, 1)));
    rmSync(join(directory, "snapshots.sqlite"));
    await withStore({ directory }, async (store) => expect(await store.loadSnapshot(stream)).toBeUndefined());
  });

  test("a file that turns out to be damaged while it is used is set aside then", async () => {
    const directory = newFolder();
    const file = join(directory, "snapshots.sqlite");
    const streams = Array.from({ length: 30 }, () => freshRef());
    await withStore({ directory }, async (store) => {
      for (const stream of streams) await store.saveSnapshot(snapshotOf(stream, 1));
    });
    // Leaves of the table, which opening does not read; a leaf begins with 0x0d. The second page, which it reads, holds the id of the log.
    const bytes = readFileSync(file);
    for (let page = 2 * 4096; page < bytes.length; page += 4096) if (bytes[page] === 0x0d) bytes.fill(0xa5, page, page + 4096);
    writeFileSync(file, bytes);
    const warnings: string[] = [];
    await withStore({ directory, onWarning: (message) => warnings.push(message) }, async (store) => {
      expect((await store.statistics()).snapshot_count).toBe(30);
      expect(warnings).toEqual([]);
      expect(await store.loadSnapshot(streams[0] ?? freshRef())).toBeUndefined();
      expect(warnings).toHaveLength(1);
      await store.saveSnapshot(snapshotOf(streams[1] ?? freshRef(), 1));
      expect((await store.statistics()).snapshot_count).toBe(1);
    });
  });
});
