import { spawn } from "node:child_process";
import { once } from "node:events";
import { expect, test } from "vitest";
import { birthFromPs, identifyProcess, isSameProcessRunning } from "./process-identity.ts";

test("a process is the same for as long as it runs, and gone afterwards", async () => {
  const child = spawn("sleep", ["1000"]);
  const identity = await identifyProcess(child.pid!);
  expect(identity).toBeDefined();
  expect(await isSameProcessRunning(identity!)).toBe(true);
  child.kill("SIGKILL");
  await once(child, "exit");
  expect(await isSameProcessRunning(identity!)).toBe(false);
});

test("another process under the same number is not the same", async () => {
  expect(await isSameProcessRunning({ pid: process.pid, birth: "another boot/1" })).toBe(false);
});

test("a process that has ended but was not reaped counts as ended", async () => {
  // The shell becomes a sleep that never asks for the end of its child.
  const parent = spawn("/bin/sh", ["-c", "sh -c : & echo $!; exec sleep 1000"], {
    stdio: ["ignore", "pipe", "ignore"],
  });
  const [line] = (await once(parent.stdout, "data")) as [Buffer];
  try {
    await expect.poll(() => identifyProcess(Number(line.toString()))).toBeUndefined();
  } finally {
    parent.kill("SIGKILL");
  }
});

test("systems without /proc answer by way of ps", async (context) => {
  const birth = await birthFromPs(process.pid);
  if (birth === undefined) context.skip("SKIPPED: there is no ps here");
  expect(await birthFromPs(process.pid)).toBe(birth);
  expect(await birthFromPs(2 ** 30)).toBeUndefined();
});
