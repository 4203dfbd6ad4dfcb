import { mkdtempSync, rmSync, truncateSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, expect, test } from "vitest";
import { readModelContract } from "../contract/index.ts";
import { run } from "../database.ts";
import { fillAndHold } from "../testing/fill-and-hold.ts";
import { killAndHold } from "../testing/kill-and-hold.ts";
import { mountSmallDisk } from "../testing/small-disk.ts";
import { openPglite } from "./index.ts";

const folders: string[] = [];
function newFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), "aethyr-projections-"));
  folders.push(folder);
  return folder;
}
// Also of the suite's own database, which is closed before.
afterAll(() => {
  for (const folder of folders) rmSync(folder, { recursive: true, force: true });
});

readModelContract({ name: "PGlite", open: () => openPglite({ directory: newFolder() }) });

test("[G8] kill -9 of a projector in the middle of a batch: the folder holds the fold of the log up to its checkpoint, kill after kill", async () => {
  const directory = newFolder();
  await killAndHold(directory, () => openPglite({ directory }), 2);
}, 300_000);

test("a folder is one process's, is kept, and does not stop the event loop of whoever asks", async () => {
  const directory = newFolder();
  const first = await openPglite({ directory });
  await expect(openPglite({ directory })).rejects.toMatchObject({ code: "database_in_use", details: { directory } });
  await run(first.kysely, "create table kept as select 1 as one");
  let turns = 0;
  const turn = setInterval(() => (turns += 1), 1);
  await run(first.kysely, "select count(*) from generate_series(1, 3000000)");
  clearInterval(turn);
  expect(turns).toBeGreaterThan(3);
  await first.close();
  await first.close();
  const second = await openPglite({ directory });
  expect(await run(second.kysely, "select one from kept")).toEqual([{ one: 1 }]);
  await second.close();
  await expect(run(second.kysely, "select 1")).rejects.toMatchObject({ code: "database_unavailable" });
}, 120_000);

test("[G8] a folder that is damaged is told as such, and left as it is; one whose making was interrupted is made anew", async () => {
  const directory = newFolder();
  const first = await openPglite({ directory });
  await run(first.kysely, "create table kept as select 1 as one");
  await first.close();
  damage(directory);
  await expect(openPglite({ directory })).rejects.toMatchObject({ code: "database_damaged", details: { directory } });
  await expect(openPglite({ directory })).rejects.toMatchObject({ code: "database_damaged" });
  rmSync(join(directory, "made"));
  const second = await openPglite({ directory });
  await expect(run(second.kysely, "select one from kept")).rejects.toMatchObject({ code: "42P01" });
  await second.close();
}, 120_000);

/** As a disk does that has lost blocks: the journal is gone, and the control file is empty. */
function damage(directory: string): void {
  rmSync(join(directory, "postgres", "pg_wal"), { recursive: true });
  truncateSync(join(directory, "postgres", "global", "pg_control"));
}

test("a folder that cannot be used is an error that says so", async () => {
  await expect(openPglite({ directory: "/dev/null/here" })).rejects.toMatchObject({ code: "database_unavailable" });
}, 120_000);

test("[G8] a disk that is full is said so, and nothing is half there; when there is room, the projection goes on by itself", async (context) => {
  const disk = mountSmallDisk(context, 64);
  const database = await openPglite({ directory: join(disk.folder, "read-models") });
  await fillAndHold(database, () => disk.grow(400));
  await database.close();
}, 300_000);
