import { spawn } from "node:child_process";
import { once } from "node:events";
import { existsSync } from "node:fs";
import { readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { expect, onTestFinished, test } from "vitest";
import { ServerStartError, ServerStateError, ServerUnavailableError } from "./errors.ts";
import { managedFiles, readRecord, writeRecord } from "./managed-record.ts";
import { startManaged, stopManaged } from "./managed-server.ts";
import { serversStatus, serverStatus } from "./managed-status.ts";
import { identifyProcess } from "./process-identity.ts";
import { fakeNats, shellScript, temporaryFolder, until, writeExecutable } from "./test-kit.ts";

async function withManagedNats(text: string): Promise<{ env: Record<string, string>; dataDir: string; binary: string }> {
  const folder = await temporaryFolder();
  const binary = await writeExecutable(join(folder, "bin", "nats-server"), text);
  const dataDir = join(folder, "data");
  const env = { PATH: join(folder, "bin"), AETHYR_CACHE: join(folder, "cache") };
  onTestFinished(async () => void (await stopManaged("nats", dataDir, { env, timeoutMs: 0 }).catch(() => undefined)));
  return { env, dataDir, binary };
}

test("start, start again, stop, stop again, start: one process at a time, on one port", async () => {
  const { env, dataDir, binary } = await withManagedNats(fakeNats());
  expect(await serverStatus("nats", dataDir, env)).toMatchObject({
    state: "stopped",
    binary,
    origin: "path",
  });
  expect(await stopManaged("nats", dataDir, { env })).toMatchObject({ state: "stopped" });
  expect(existsSync(dataDir)).toBe(false);

  const first = await startManaged("nats", dataDir, { env });
  expect(first).toMatchObject({ state: "running", version: "9.8.7", binary, origin: "path" });
  expect(first.folder).toBe(join(dataDir, "servers", "nats"));
  expect(await readFile(first.logFile, "utf8")).toContain("fake nats on");
  expect(await startManaged("nats", dataDir, { env })).toEqual(first);
  expect(await serversStatus(dataDir, env)).toEqual([first, expect.objectContaining({ name: "immudb", state: "stopped" })]);

  expect(await stopManaged("nats", dataDir, { env })).toMatchObject({
    state: "stopped",
    pid: undefined,
  });
  expect(await identifyProcess(first.pid!)).toBeUndefined();
  expect(await stopManaged("nats", dataDir, { env })).toMatchObject({ state: "stopped" });

  const second = await startManaged("nats", dataDir, { env });
  expect(second.address).toBe(first.address);
  expect(second.pid).not.toBe(first.pid);
});

test("two starts at once start one process", async () => {
  const { env, dataDir } = await withManagedNats(fakeNats());
  const [one, other] = await Promise.all([startManaged("nats", dataDir, { env }), startManaged("nats", dataDir, { env })]);
  expect(one).toEqual(other);
});

test("a server that was killed is stale, and can be started again", async () => {
  const { env, dataDir } = await withManagedNats(fakeNats());
  const { pid } = await startManaged("nats", dataDir, { env });
  process.kill(pid!, "SIGKILL");
  await until(async () => (await identifyProcess(pid!)) === undefined);
  expect(await serverStatus("nats", dataDir, env)).toMatchObject({
    state: "stale",
    pid,
    address: undefined,
  });
  expect(await startManaged("nats", dataDir, { env })).toMatchObject({ state: "running" });
});

test("a process that only has the number of ours is never touched", async () => {
  const { env, dataDir } = await withManagedNats(fakeNats());
  const bystander = spawn("sleep", ["1000"]);
  await once(bystander, "spawn");
  const files = managedFiles("nats", dataDir);
  const process = { pid: bystander.pid!, birth: "another boot/1" };
  await writeRecord(files, {
    format: 1,
    port: 4222,
    binary: "/bin/sleep",
    origin: "path",
    process,
  });
  expect(await serverStatus("nats", dataDir, env)).toMatchObject({ state: "stale" });
  expect(await stopManaged("nats", dataDir, { env })).toMatchObject({ state: "stopped" });
  expect(bystander.exitCode ?? bystander.signalCode).toBeNull();
  expect(await identifyProcess(bystander.pid!)).toBeDefined();
  bystander.kill("SIGKILL");
});

test("a server that does not listen to SIGTERM is killed", async () => {
  const { env, dataDir } = await withManagedNats(fakeNats(`process.on("SIGTERM", () => {});`));
  const { pid } = await startManaged("nats", dataDir, { env });
  expect(await stopManaged("nats", dataDir, { env, timeoutMs: 100 })).toMatchObject({
    state: "stopped",
  });
  expect(await identifyProcess(pid!)).toBeUndefined();
});

test("a start that fails leaves no process and no stale record", async () => {
  const { env, dataDir } = await withManagedNats(
    shellScript('[ "$1" = --version ] && exit 1; echo $$ > pid; echo no luck; exec sleep 1000'),
  );
  await expect(
    startManaged("nats", dataDir, {
      env: { ...env, PATH: `${env["PATH"]}:/bin:/usr/bin` },
      timeoutMs: 300,
    }),
  ).rejects.toThrow(ServerStartError);
  expect(await readRecord(managedFiles("nats", dataDir))).toMatchObject({ process: null });
  const pid = Number(await readFile(join(managedFiles("nats", dataDir).folder, "pid"), "utf8"));
  expect(await identifyProcess(pid)).toBeUndefined();
});

test("without a binary a start says what to do", async () => {
  const env = { PATH: await temporaryFolder(), AETHYR_CACHE: await temporaryFolder() };
  const dataDir = await temporaryFolder();
  await expect(startManaged("nats", dataDir, { env })).rejects.toThrow(ServerUnavailableError);
  expect(await serverStatus("nats", dataDir, env)).toMatchObject({
    state: "stopped",
    binary: undefined,
  });
});

test("a record that cannot be read is named, not guessed at", async () => {
  const dataDir = await temporaryFolder();
  const files = managedFiles("immudb", dataDir);
  await writeRecord(files, { format: 1, port: 1, binary: "/b", origin: "path", process: null });
  await writeFile(files.record, '{"format":2}');
  await expect(serverStatus("immudb", dataDir)).rejects.toThrow(ServerStateError);
  await expect(stopManaged("immudb", dataDir)).rejects.toThrow(files.record);
});

test("an empty password file is refused before immudb would take it", async () => {
  const folder = await temporaryFolder();
  const env = { IMMUDB_BIN: await writeExecutable(join(folder, "immudb"), shellScript("exit 9")) };
  const files = managedFiles("immudb", folder);
  await writeRecord(files, { format: 1, port: 1, binary: "/b", origin: "path", process: null });
  await writeFile(files.adminPassword, "");
  await expect(startManaged("immudb", folder, { env })).rejects.toThrow(/Write the immudb password/u);
});
