import { spawn } from "node:child_process";
import { once } from "node:events";
import { existsSync, readdirSync, readFileSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";
import { expect, onTestFinished, test } from "vitest";
import { verifyLog } from "@aethyr/proof";
import { accepted, all, commitOf, freshRef, newEvent } from "../contract/samples.ts";
import { readLog } from "../read-all.ts";
import { backupSqliteStore, restoreSqliteStore } from "./backup.ts";
import { openOnThreads } from "./sqlite-event-store.ts";
import { openSqliteLog } from "./sqlite-log.ts";
import { fillSmallLog, findingsOf } from "./testing/small-log.ts";
import { testFolders } from "./testing/test-folders.ts";
import { tamper, withStore } from "./testing/test-store.ts";

const newFolder = testFolders();

test("a log is copied while it is written to, as it was at one moment, and restored with everything in it", async () => {
  const [directory, elsewhere] = [newFolder(), join(newFolder(), "new", "folder")];
  const backup = join(newFolder(), "backups", "log.sqlite");
  const store = await openOnThreads({ directory }, "own");
  await fillSmallLog(store);
  for (let count = 0; count < 40; count += 1)
    await store.append([commitOf(freshRef(), 0, [newEvent("Long", { text: "x".repeat(200_000) })])]);
  const before = await store.proof.state();

  const steps: { readonly copied: number; readonly total: number }[] = [];
  const more: Promise<unknown>[] = [];
  const copied = await backupSqliteStore(directory, backup, {
    onProgress: (step) => {
      steps.push(step);
      // Somebody writes between any two steps.
      tamper(directory, "UPDATE event_types SET count = count + 1; UPDATE event_types SET count = count - 1");
      more.push(store.append([commitOf(freshRef(), 0)]));
    },
  });
  await Promise.all(more);
  expect(more.length).toBeGreaterThan(1);
  expect(steps.at(-1)).toEqual({ copied: statSync(backup).size, total: statSync(backup).size });
  expect(steps.map((step) => step.copied)).toEqual(steps.map((step) => step.copied).toSorted((a, b) => a - b));
  expect(copied).toEqual({ logId: store.logId, state: { ...before, hash: Uint8Array.from(before.hash) } });
  expect(readdirSync(join(backup, ".."))).toEqual(["log.sqlite"]);
  expect(statSync(backup).mode & 0o077).toBe(0);
  const events = await all(readLog(store));
  await store.close();

  expect(await restoreSqliteStore(backup, elsewhere)).toEqual(copied);
  expect(readdirSync(join(backup, ".."))).toEqual(["log.sqlite"]);
  expect(readdirSync(elsewhere).toSorted()).toEqual(["events.sqlite", "lock"]);
  const restored = await openOnThreads({ directory: elsewhere, logId: copied.logId }, "caller");
  expect(await all(readLog(restored))).toEqual(events.slice(0, -more.length));
  await accepted(restored, commitOf(freshRef(), 0));
  expect(await verifyLog(restored.proof)).toMatchObject({ ok: true, to: before.tx + 1 });
  await restored.close();
});

test("a log is copied while another process has its world open and appends without end", { timeout: 60_000 }, async () => {
  const [directory, backup] = [newFolder(), join(newFolder(), "log.sqlite")];
  const other = spawn(
    process.execPath,
    ["--no-warnings", fileURLToPath(new URL("./testing/appending-process.ts", import.meta.url)), directory, "r"],
    { stdio: ["ignore", "pipe", "inherit"] },
  );
  const exited = once(other, "exit");
  onTestFinished(() => void other.kill("SIGKILL"));
  let lines = 0;
  const enough = Promise.withResolvers<void>();
  createInterface(other.stdout).on("line", () => ((lines += 1) === 200 ? enough.resolve() : undefined));
  await enough.promise;
  const { state } = await backupSqliteStore(directory, backup);
  expect(state.tx).toBeGreaterThan(10);
  expect(await findingsOf(directory)).toEqual([]);
  const linesThen = lines;
  await expect.poll(() => lines).toBeGreaterThan(linesThen);
  other.kill("SIGKILL");
  await exited;
  const log = await openSqliteLog({ backup });
  expect(await verifyLog(log.proof)).toMatchObject({ ok: true, to: state.tx });
  expect(await log.faults()).toEqual([]);
  await log.close();
});

test("nothing is overwritten: not a file by a back-up, not a log by a restored one, nor one whose file is missing", async () => {
  const [directory, folder] = [newFolder(), newFolder()];
  const backup = join(folder, "log.sqlite");
  await withStore({ directory }, fillSmallLog);
  writeFileSync(backup, "mine");
  const refused = { code: "foreign_store", message: expect.stringContaining("is there already") };
  await expect(backupSqliteStore(directory, backup)).rejects.toMatchObject(refused);
  expect(readFileSync(backup, "utf8")).toBe("mine");

  const good = join(folder, "good.sqlite");
  await backupSqliteStore(directory, good);
  const before = readFileSync(join(directory, "events.sqlite"), "base64");
  await expect(restoreSqliteStore(good, directory)).rejects.toMatchObject(refused);
  expect(readFileSync(join(directory, "events.sqlite"), "base64")).toBe(before);
  const half = newFolder();
  writeFileSync(join(half, "events.sqlite-wal"), "");
  await expect(restoreSqliteStore(good, half)).rejects.toMatchObject(refused);
  await withStore({ directory: half === directory ? half : directory }, async () => {
    await expect(restoreSqliteStore(good, directory)).rejects.toMatchObject({ code: "store_in_use" });
  });
});

test.each([
  ["an event that was changed", "UPDATE events SET event = replace(event, 'Ada', 'Eve')", /an entry of transaction 3/],
  ["a count that was changed", "UPDATE event_types SET count = 7", /counts 7/],
])("[G10] a log with %s is neither backed up nor restored, and nothing of it stays", async (_what, change, message) => {
  const [directory, folder] = [newFolder(), newFolder()];
  await withStore({ directory }, fillSmallLog);
  const good = join(folder, "good.sqlite");
  await backupSqliteStore(directory, good);
  tamper(directory, change);
  const corrupt = { code: "corrupt_store", message: expect.stringMatching(message) };
  await expect(backupSqliteStore(directory, join(folder, "bad.sqlite"))).rejects.toMatchObject(corrupt);
  tamper(folder, change, "good.sqlite");
  const empty = newFolder();
  await expect(restoreSqliteStore(good, empty)).rejects.toMatchObject(corrupt);
  expect(readdirSync(folder)).toEqual(["good.sqlite"]);
  expect(readdirSync(empty)).toEqual(["lock"]);
});

test("what is no log of ours is refused, and a folder without one", async () => {
  const folder = newFolder();
  writeFileSync(join(folder, "text"), "my events\n".repeat(50));
  const empty = newFolder();
  await expect(restoreSqliteStore(join(folder, "text"), empty)).rejects.toMatchObject({ code: "foreign_store" });
  await expect(restoreSqliteStore(join(folder, "nothing"), empty)).rejects.toMatchObject({ code: "foreign_store" });
  expect(existsSync(join(empty, "events.sqlite"))).toBe(false);
  await expect(backupSqliteStore(empty, join(folder, "log.sqlite"))).rejects.toMatchObject({ code: "foreign_store" });
  await withStore({ directory: empty }, async () => undefined);
  await expect(backupSqliteStore(empty, join(folder, "text", "log.sqlite"))).rejects.toMatchObject({ code: "unavailable" });
});

test("a copy that is called off leaves nothing", async () => {
  const [directory, folder] = [newFolder(), newFolder()];
  await withStore({ directory }, async (store) => {
    for (let count = 0; count < 40; count += 1)
      await store.append([commitOf(freshRef(), 0, [newEvent("Long", { text: "x".repeat(200_000) })])]);
  });
  for (const during of ["onProgress", "onVerified"] as const) {
    const stop = new AbortController();
    const stopped = backupSqliteStore(directory, join(folder, "log.sqlite"), {
      signal: stop.signal,
      [during]: () => stop.abort(new Error("enough")),
    });
    await expect(stopped).rejects.toThrow("enough");
  }
  await expect(backupSqliteStore(directory, join(folder, "log.sqlite"), { signal: AbortSignal.abort(new Error("never")) })).rejects.toThrow(
    "never",
  );
  expect(readdirSync(folder)).toEqual([]);
});
