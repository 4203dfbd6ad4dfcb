import { readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { accepted, commitOf, freshRef } from "../contract/samples.ts";
import { OtherLogError } from "./log-id.ts";
import { openOnThreads } from "./sqlite-event-store.ts";
import { testFolders } from "./testing/test-folders.ts";
import { tamper, withStore } from "./testing/test-store.ts";

const newFolder = testFolders();

async function idOf(directory: string): Promise<string> {
  const store = await openOnThreads({ directory }, "caller");
  await store.close();
  return store.logId;
}

test("a log has an id of its own, for ever", async () => {
  const [directory, other] = [newFolder(), newFolder()];
  const id = await idOf(directory);
  expect(id).toMatch(/^[0-9a-f]{32}$/);
  expect(await idOf(directory)).toBe(id);
  expect(await idOf(other)).not.toBe(id);
});

test("a log from before logs had ids is given one, and keeps its events", async () => {
  const directory = newFolder();
  const stream = freshRef();
  await withStore({ directory }, async (store) => void (await accepted(store, commitOf(stream, 0))));
  tamper(directory, "DROP TABLE meta");
  const id = await idOf(directory);
  expect(id).toMatch(/^[0-9a-f]{32}$/);
  expect(await idOf(directory)).toBe(id);
  await withStore({ directory }, async (store) => expect(await store.readStream(stream)).toHaveLength(1));
});

test.each(["own", "caller"] as const)("a log of another id than the one asked for is refused (thread: %s)", async (threads) => {
  const directory = newFolder();
  const logId = await idOf(directory);
  const before = readFileSync(join(directory, "snapshots.sqlite"), "base64");
  const refused = openOnThreads({ directory, logId: "another" }, threads);
  await expect(refused).rejects.toBeInstanceOf(OtherLogError);
  await expect(refused).rejects.toMatchObject({ code: "foreign_store", message: expect.stringContaining(logId) });
  expect(readFileSync(join(directory, "snapshots.sqlite"), "base64")).toBe(before);
  const store = await openOnThreads({ directory, logId }, threads);
  expect(store.logId).toBe(logId);
  await store.close();
});
