import { readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { OtherLogError } from "../errors.ts";
import { openOnThreads } from "./sqlite-event-store.ts";
import { testFolders } from "./testing/test-folders.ts";
import { tamper } from "./testing/test-store.ts";

const newFolder = testFolders();

async function idOf(directory: string): Promise<string> {
  const store = await openOnThreads({ directory }, "caller");
  await store.close();
  return store.logId;
}

test("a log has an id of its own, for ever", async () => {
  const [directory, other] = [newFolder(), newFolder()];
  const id = await idOf(directory);
  expect(id).toMatch(/^[0-9a-f-]{36}$/);
  expect(await idOf(directory)).toBe(id);
  expect(await idOf(other)).not.toBe(id);
});

test("a log that does not say which one it is, is damaged", async () => {
  const directory = newFolder();
  await idOf(directory);
  for (const change of ["UPDATE meta SET value = '{}'", "UPDATE meta SET value = 'no JSON'", "DELETE FROM meta"]) {
    tamper(directory, change);
    await expect(idOf(directory)).rejects.toMatchObject({ code: "corrupt_store", message: expect.stringContaining("first record") });
  }
});

test.each(["own", "caller"] as const)("a log of another id than the one asked for is refused (thread: %s)", async (threads) => {
  const directory = newFolder();
  const logId = await idOf(directory);
  const before = readFileSync(join(directory, "snapshots.sqlite"), "base64");
  const refused = openOnThreads({ directory, logId: "another" }, threads);
  await expect(refused).rejects.toBeInstanceOf(OtherLogError);
  await expect(refused).rejects.toMatchObject({ code: "not_this_log", message: expect.stringContaining(logId) });
  expect(readFileSync(join(directory, "snapshots.sqlite"), "base64")).toBe(before);
  const store = await openOnThreads({ directory, logId }, threads);
  expect(store.logId).toBe(logId);
  await store.close();
});
