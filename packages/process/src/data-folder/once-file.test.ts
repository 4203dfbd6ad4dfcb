import { mkdtemp, readdir, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { replace, writeOnce } from "./once-file.ts";

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "aethyr-files-"));
});
afterEach(() => rm(folder, { recursive: true }));

test("of many who make a file at once, one does, and all find the same", async () => {
  const file = join(folder, "token");
  const made = await Promise.all(Array.from({ length: 10 }, (_, index) => writeOnce(file, `token ${index}`)));
  expect(made.filter((is) => is)).toHaveLength(1);
  expect(await readFile(file, "utf8")).toBe(`token ${made.indexOf(true)}`);
  expect(await readdir(folder)).toEqual(["token"]);
});

test("a file is replaced as a whole", async () => {
  const file = join(folder, "note");
  await replace(file, "a long first text");
  await replace(file, "short");
  expect([await readFile(file, "utf8"), await readdir(folder)]).toEqual(["short", ["note"]]);
});

test("a file that cannot be put in its place leaves nothing behind", async () => {
  await expect(replace(folder, "x")).rejects.toThrow();
  await expect(writeOnce(join(folder, "missing", "file"), "x")).rejects.toThrow();
  expect(await readdir(folder)).toEqual([]);
});
