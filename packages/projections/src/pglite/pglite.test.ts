import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, onTestFinished, test } from "vitest";
import { readModelContract } from "../contract/index.ts";
import { run } from "../database.ts";
import { killAndHold } from "../testing/kill-and-hold.ts";
import { openPglite } from "./index.ts";

readModelContract({ name: "PGlite", open: () => openPglite() });

function newFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), "aethyr-projections-"));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  return folder;
}

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

test("a folder that cannot be used is an error that says so", async () => {
  await expect(openPglite({ directory: "/dev/null/here" })).rejects.toMatchObject({ code: "database_unavailable" });
}, 120_000);
