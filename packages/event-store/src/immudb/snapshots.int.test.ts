import { cpSync, mkdtempSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, describe, expect, test } from "vitest";
import { pathOf } from "@aethyr/kernel";
import { ensureServer, startImmudb } from "@aethyr/servers";
import { encodeSnapshot } from "../encoding.ts";
import { accepted, commitOf, freshRef, snapshotOf } from "../contract/samples.ts";
import { initImmudb } from "./init.ts";
import { openImmudbEventStore, type ImmudbOptions } from "./immudb-event-store.ts";
import { newestSnapshotKey, snapshotKey } from "./keys.ts";
import { encodeSet } from "./messages.ts";
import { testServer } from "./testing/test-server.ts";

const immudb = await ensureServer("immudb");
const login = { username: "immudb", password: "test-password" };

describe.skipIf(immudb === undefined)("[D20] snapshots on a real immudb", () => {
  const { using, raw } = testServer();
  const folder = mkdtempSync(join(tmpdir(), "aethyr-snapshots-"));
  afterAll(() => rmSync(folder, { recursive: true, force: true }));

  test("of a log that went another way since, as after a restore, they are not believed", async () => {
    const [dir, kept] = [join(folder, "server"), join(folder, "kept")];
    const database = "world";
    const logFolder = join(dir, "data", database);
    const stream = freshRef();
    const other = freshRef();
    const warnings: string[] = [];
    const running = async (work: (options: ImmudbOptions) => Promise<void>): Promise<void> => {
      await onServer(dir, (address) =>
        work({ ...login, address, database, create: true, onWarning: (message) => void warnings.push(message) }),
      );
    };
    await running(async (options) => {
      const store = await openImmudbEventStore(options);
      await accepted(store, commitOf(stream, 0));
      await accepted(store, commitOf(other, 0));
      for (const each of [stream, other]) await store.saveSnapshot(snapshotOf(each, 1));
      await store.close();
    });
    cpSync(logFolder, kept, { recursive: true });
    await running(async (options) => {
      const store = await openImmudbEventStore(options);
      await accepted(store, commitOf(stream, 1, 3));
      for (const version of [2, 4]) await store.saveSnapshot(snapshotOf(stream, version));
      await accepted(store, commitOf(other, 1));
      await store.saveSnapshot(snapshotOf(other, 2));
      await store.close();
    });
    rmSync(logFolder, { recursive: true });
    cpSync(kept, logFolder, { recursive: true });
    await running(async (options) => {
      const store = await openImmudbEventStore(options);
      // The log ends at version 1 now; what the lost past left behind is of no event.
      expect(await store.loadSnapshot(stream)).toEqual(snapshotOf(stream, 1));
      expect(warnings).toEqual([4, 2].map((version) => expect.stringContaining(`${pathOf(stream)}@${version}`) as string));
      await accepted(store, commitOf(stream, 1, 3));
      expect(await store.loadSnapshot(stream, 4)).toEqual(snapshotOf(stream, 1));
      await store.saveSnapshot(snapshotOf(stream, 4));
      expect(await store.loadSnapshot(stream)).toEqual(snapshotOf(stream, 4));
      await accepted(store, commitOf(other, 1));
      expect(await store.loadSnapshot(other, 2)).toEqual(snapshotOf(other, 1));
      await store.close();
    });
  });

  test("where their database cannot be read, the error names it and the remedy, and the remedy helps", async () => {
    const [dir, aside] = [join(folder, "damaged"), join(folder, "aside")];
    const snapshots = join(dir, "data", "world_snapshots");
    const place = { ...login, database: "world" };
    const stream = freshRef();
    await onServer(dir, async (address) => {
      const store = await openImmudbEventStore({ ...place, address, create: true });
      await accepted(store, commitOf(stream, 0));
      await store.close();
    });
    writeFileSync(join(snapshots, "commit", "00000000.txi"), Buffer.alloc(200, 0xa5));
    const unusable = {
      code: "unavailable",
      details: { reason: "snapshots_unusable" },
      message: expect.stringMatching(/ of the database world_snapshots.*move the folder world_snapshots.*aethyr store init/) as string,
    };
    await onServer(dir, async (address) => {
      await expect(openImmudbEventStore({ ...place, address })).rejects.toMatchObject(unusable);
      await expect(initImmudb({ ...place, address })).rejects.toMatchObject(unusable);
    });
    renameSync(snapshots, aside);
    await onServer(dir, async (address) => {
      expect((await initImmudb({ ...place, address })).databases.map(({ state }) => state)).toEqual(["existed", "created"]);
      const store = await openImmudbEventStore({ ...place, address });
      expect(await store.readStream(stream)).toHaveLength(1);
      await store.close();
    });
    // The log is gone and its snapshots are not: to make it anew would be to begin another world in silence.
    rmSync(join(dir, "data", "world"), { recursive: true });
    await onServer(dir, async (address) => {
      const gone = { code: "foreign_store", message: expect.stringMatching(/world is gone.*world_snapshots/) as string };
      await expect(initImmudb({ ...place, address })).rejects.toMatchObject(gone);
      await expect(initImmudb({ ...place, address })).rejects.toMatchObject(gone);
      // Of two logs, as when only one of the two databases was restored.
      await initImmudb({ ...place, address, database: "other" });
      const pair = initImmudb({ ...place, address, database: "other", snapshotsDatabase: "world_snapshots" });
      await expect(pair).rejects.toMatchObject({
        code: "foreign_store",
        message: expect.stringContaining("snapshots of the log") as string,
      });
    });
  });

  test("one that does not say of which event it is, as old ones do not, is none, and the next takes its place", () =>
    using(async (_store, options) => {
      const stream = freshRef();
      const path = pathOf(stream);
      const warnings: string[] = [];
      const store = await openImmudbEventStore({ ...options, onWarning: (message) => void warnings.push(message) });
      try {
        await accepted(store, commitOf(stream, 0));
        await raw(`${options.database}_snapshots`, (session) =>
          session.set(
            encodeSet(
              [
                { key: snapshotKey(path, 1), value: Buffer.from(encodeSnapshot(snapshotOf(stream, 1))) },
                { key: newestSnapshotKey(path), value: Buffer.from("1") },
              ],
              [],
            ),
          ),
        );
        expect(await store.loadSnapshot(stream)).toBeUndefined();
        expect(await store.loadSnapshot(stream, 1)).toBeUndefined();
        expect(warnings[0]).toContain(`${path}@1`);
        expect((await store.statistics()).load_failures).toBe(2);
        await store.saveSnapshot(snapshotOf(stream, 1));
        expect(await store.loadSnapshot(stream)).toEqual(snapshotOf(stream, 1));
      } finally {
        await store.close();
      }
    }));
});

async function onServer(dir: string, work: (address: string) => Promise<void>): Promise<void> {
  const server = await startImmudb({ adminPassword: login.password, dir });
  try {
    await work(server.address);
  } finally {
    await server.stop();
  }
}
