import { readdirSync, readFileSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import type { KeyStore } from "@aethyr/kernel";
import { keyStoreContract } from "../contract/index.ts";
import { testFolders } from "../sqlite/testing/test-folders.ts";
import { keyFileName } from "./key-file.ts";
import { createMemoryKeyStore } from "./memory-key-store.ts";
import { openKeysOnThreads, openSqliteKeyStore } from "./sqlite-key-store.ts";

const newFolder = testFolders();

keyStoreContract({ name: "memory", open: async () => createMemoryKeyStore() });

for (const threads of ["own", "caller"] as const) {
  const folders = new WeakMap<KeyStore, string>();
  const openIn = async (directory: string): Promise<KeyStore> => {
    const store = await openKeysOnThreads({ directory }, threads);
    folders.set(store, directory);
    return store;
  };
  keyStoreContract({
    name: `sqlite, on the thread of ${threads}`,
    open: () => openIn(newFolder()),
    reopen: async (store) => {
      await store.close();
      return openIn(folders.get(store) ?? "");
    },
  });
}

test("[D40] nothing of a forgotten key is left in any file of the folder, while other keys are", async () => {
  const directory = newFolder();
  const keys = await openSqliteKeyStore({ directory });
  const made = await Promise.all(Array.from({ length: 200 }, (_, index) => keys.obtain(`player/${index}`)));
  const onDisk = (key: Uint8Array) => readdirSync(directory).some((name) => readFileSync(join(directory, name)).includes(Buffer.from(key)));
  expect(made.every(onDisk)).toBe(true);
  for (let index = 0; index < 200; index += 2) await keys.forget(`player/${index}`);
  expect(made.map(onDisk)).toEqual(made.map((_, index) => index % 2 === 1));
  await keys.close();
  expect(made.map(onDisk)).toEqual(made.map((_, index) => index % 2 === 1));
});

test("the file of keys is readable by its owner only", async () => {
  const directory = newFolder();
  await (await openSqliteKeyStore({ directory })).close();
  expect(statSync(join(directory, keyFileName)).mode & 0o777).toBe(0o600);
});

test("a second store on the same folder is refused, until the first is closed", async () => {
  const directory = newFolder();
  const first = await openSqliteKeyStore({ directory });
  await expect(openSqliteKeyStore({ directory })).rejects.toMatchObject({ code: "store_in_use" });
  await first.close();
  await (await openSqliteKeyStore({ directory })).close();
});

test("a file that is no file of keys is refused and left as it is", async () => {
  const directory = newFolder();
  const file = join(directory, keyFileName);
  writeFileSync(file, "somebody's notes");
  await expect(openSqliteKeyStore({ directory })).rejects.toMatchObject({ code: "foreign_store" });
  await expect(openKeysOnThreads({ directory }, "caller")).rejects.toMatchObject({ code: "foreign_store" });
  expect(readFileSync(file, "utf8")).toBe("somebody's notes");
  expect(readdirSync(directory).toSorted()).toEqual(["keys.lock", keyFileName]);
});
