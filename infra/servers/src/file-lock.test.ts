import { spawn } from "node:child_process";
import { once } from "node:events";
import { readdir, symlink, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { expect, test } from "vitest";
import { LockTimeoutError } from "./errors.ts";
import { withFileLock } from "./file-lock.ts";
import { identifyProcess } from "./process-identity.ts";
import { temporaryFolder } from "./test-kit.ts";

async function deadProcess(): Promise<string> {
  const child = spawn("sleep", ["1000"]);
  const identity = await identifyProcess(child.pid!);
  child.kill("SIGKILL");
  await once(child, "exit");
  return JSON.stringify(identity);
}

test.each(["free", "left by a dead process"])("only one at a time holds a lock that was %s", async (before) => {
  const folder = await temporaryFolder();
  const path = join(folder, "the.lock");
  if (before !== "free") await writeFile(path, await deadProcess());
  let inside = 0;
  let most = 0;
  const results = await Promise.all(
    Array.from({ length: 8 }, (_, index) =>
      withFileLock(path, { timeoutMs: 60_000 }, async () => {
        inside += 1;
        most = Math.max(most, inside);
        await readdir(folder);
        inside -= 1;
        return index;
      }),
    ),
  );
  expect(most).toBe(1);
  expect(results).toEqual([0, 1, 2, 3, 4, 5, 6, 7]);
  expect(await readdir(folder)).toEqual([]);
});

test("the lock is released when the action fails, and the failure is passed on", async () => {
  const path = join(await temporaryFolder(), "the.lock");
  await expect(withFileLock(path, { timeoutMs: 0 }, () => Promise.reject(new Error("no")))).rejects.toThrow("no");
  expect(await withFileLock(path, { timeoutMs: 0 }, () => Promise.resolve("held"))).toBe("held");
});

test("a living holder is waited for, then named in the error", async () => {
  const path = join(await temporaryFolder(), "the.lock");
  await withFileLock(path, { timeoutMs: 0 }, async () => {
    const waitedFor: number[] = [];
    const second = withFileLock(path, { timeoutMs: 150, onWait: (holder) => waitedFor.push(holder.pid) }, () => Promise.resolve());
    await expect(second).rejects.toThrow(LockTimeoutError);
    await expect(second).rejects.toThrow(`held by process ${process.pid}`);
    expect(waitedFor).toEqual([process.pid]);
  });
});

test("the wait can be aborted", async () => {
  const path = join(await temporaryFolder(), "the.lock");
  await withFileLock(path, { timeoutMs: 0 }, async () => {
    const abort = new AbortController();
    const second = withFileLock(path, { timeoutMs: 60_000, signal: abort.signal, onWait: () => abort.abort() }, () => Promise.resolve());
    await expect(second).rejects.toMatchObject({ name: "AbortError" });
  });
});

test("a file that is no lock of ours is left alone and named", async () => {
  const folder = await temporaryFolder();
  await writeFile(join(folder, "text"), "hello");
  await symlink(join(folder, "nowhere"), join(folder, "dangling"));
  for (const name of ["text", "dangling"]) {
    const path = join(folder, name);
    await expect(withFileLock(path, { timeoutMs: 0 }, () => Promise.resolve())).rejects.toThrow(path);
  }
});

test("a place where no file can be made is an error", async () => {
  const folder = await temporaryFolder();
  await writeFile(join(folder, "file"), "");
  await expect(withFileLock(join(folder, "file", "the.lock"), { timeoutMs: 0 }, () => Promise.resolve())).rejects.toThrow();
});
