import { mkdirSync, mkdtempSync, rmSync, truncateSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { filesInDirectory } from "./directory-files.ts";
import { failureOf } from "./testing/failures.ts";

let directory = "";

beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), "world-files-"));
});
afterEach(() => {
  rmSync(directory, { recursive: true });
});

test("files are decoded as Latin-1, byte by byte", () => {
  writeFileSync(join(directory, "a.wld"), Buffer.from([0x63, 0x61, 0x66, 0xe9, 0x80, 0x0a]));
  expect(filesInDirectory(directory).read("a.wld")).toBe("café\u0080\n");
});

test("a file that does not exist is undefined", () => {
  expect(filesInDirectory(directory).read("wld/index")).toBeUndefined();
});

test("what cannot be read as a file is a complaint", () => {
  mkdirSync(join(directory, "wld"));
  expect(failureOf(() => filesInDirectory(directory).read("wld"))).toBe("file_unreadable wld:0");
});

test("a file of more than 16 MiB is refused unread", () => {
  const path = join(directory, "big.wld");
  writeFileSync(path, "");
  truncateSync(path, 16 * 1024 * 1024 + 1);
  expect(failureOf(() => filesInDirectory(directory).read("big.wld"))).toBe("file_unreadable big.wld:0");
});
