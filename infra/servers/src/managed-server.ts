import { randomBytes, randomUUID } from "node:crypto";
import { mkdir, readFile, writeFile } from "node:fs/promises";
import { setTimeout as delay } from "node:timers/promises";
import { ServerStartError, ServerStopError } from "./errors.ts";
import { withFileLock } from "./file-lock.ts";
import { isPortFree } from "./free-port.ts";
import { immudbPlan } from "./immudb-plan.ts";
import { launch } from "./launch.ts";
import type { LaunchPlan } from "./launch.ts";
import { locateServer, notInstalledError, serverVersion } from "./locate-server.ts";
import { managedFiles, readRecord, writeRecord } from "./managed-record.ts";
import type { ManagedFiles } from "./managed-record.ts";
import { serverStatus } from "./managed-status.ts";
import type { ServerStatus } from "./managed-status.ts";
import { natsPlan } from "./nats-plan.ts";
import { identifyProcess, isSameProcessRunning } from "./process-identity.ts";
import type { ProcessIdentity } from "./process-identity.ts";
import { spawnDetached } from "./server-process.ts";
import type { Environment, ServerName } from "./server-release.ts";

const defaultStartTimeoutMs = 60_000;
const defaultStopTimeoutMs = 30_000;
const afterKillTimeoutMs = 10_000;
const otherCommandTimeoutMs = 120_000;
const lookEveryMs = 50;

export interface ManagedOptions {
  /** Loopback port. Default: the port of the last run if it is free, else a free one. */
  readonly port?: number | undefined;
  /** Bound on the start (default 60,000), or on the graceful end before the kill (default 30,000), in milliseconds. */
  readonly timeoutMs?: number | undefined;
  readonly signal?: AbortSignal | undefined;
  readonly env?: Environment | undefined;
}

/**
 * Starts a server that outlives this process, with all its files in `<dataDir>/servers/<name>`, and waits until it
 * serves. Does nothing when it runs already.
 *
 * @throws ServerUnavailableError when there is no binary
 * @throws ServerStartError when it ends or stays silent instead of serving
 */
export async function startManaged(name: ServerName, dataDir: string, options: ManagedOptions = {}): Promise<ServerStatus> {
  const { env = process.env, timeoutMs = defaultStartTimeoutMs, signal } = options;
  const files = managedFiles(name, dataDir);
  return withFileLock(files.lock, { timeoutMs: otherCommandTimeoutMs, signal }, async () => {
    const status = await serverStatus(name, dataDir, env);
    if (status.state === "running") return status;
    const located = await locateServer(name, env);
    if (located === undefined) throw notInstalledError(name);
    const place = { binary: located.path, dir: files.folder, env, args: [] };
    const adminPassword = name === "immudb" ? await ensureAdminPassword(files) : "";
    const plan = (port: number): LaunchPlan =>
      name === "nats"
        ? natsPlan({
            ...place,
            port,
            serverName: `aethyr-${randomUUID()}`,
            jetstream: true,
            config: undefined,
          })
        : immudbPlan({ ...place, port, adminPassword });
    const facts = {
      format: 1,
      binary: located.path,
      origin: located.origin,
      version: await serverVersion(located),
    } as const;
    let lastPort: number | undefined;
    try {
      await launch({
        port: options.port ?? (await portOfLastRun(files)),
        timeoutMs,
        signal,
        plan,
        spawn: async (command, port) => {
          const child = await spawnDetached(command, files.log);
          const identity = await identifyProcess(child.pid);
          lastPort = port;
          // Recorded before it serves: if we are killed meanwhile, "stop" still finds it.
          await writeRecord(files, { ...facts, port, process: identity ?? null });
          return child;
        },
      });
    } catch (error) {
      // The launch has ended what it started.
      if (lastPort !== undefined) await writeRecord(files, { ...facts, port: lastPort, process: null });
      throw error;
    }
    return serverStatus(name, dataDir, env);
  });
}

/**
 * Stops a managed server and waits for its end: gracefully, by force when that takes longer than `timeoutMs`. Does
 * nothing when it does not run. A process that only has the number of ours is never touched.
 *
 * @throws ServerStopError when even the kill does not end it
 */
export async function stopManaged(name: ServerName, dataDir: string, options: Omit<ManagedOptions, "port"> = {}): Promise<ServerStatus> {
  const { env = process.env, timeoutMs = defaultStopTimeoutMs, signal } = options;
  const files = managedFiles(name, dataDir);
  const record = await readRecord(files);
  // Without this, asking for a stop would leave a folder behind where there was none.
  if (record === undefined) return serverStatus(name, dataDir, env);
  return withFileLock(files.lock, { timeoutMs: otherCommandTimeoutMs, signal }, async () => {
    const latest = await readRecord(files);
    if (latest?.process) {
      await endIdentified(latest.process, timeoutMs, signal);
      await writeRecord(files, { ...latest, process: null });
    }
    return serverStatus(name, dataDir, env);
  });
}

async function endIdentified(identity: ProcessIdentity, timeoutMs: number, signal: AbortSignal | undefined): Promise<void> {
  if (!(await isSameProcessRunning(identity))) return;
  sendSignal(identity.pid, "SIGTERM");
  if (await hasEndedWithin(identity, timeoutMs, signal)) return;
  sendSignal(identity.pid, "SIGKILL");
  if (await hasEndedWithin(identity, afterKillTimeoutMs, signal)) return;
  throw new ServerStopError(`Process ${identity.pid} was killed, but does not end. Look what holds it, for example a disk.`);
}

async function hasEndedWithin(identity: ProcessIdentity, timeoutMs: number, signal: AbortSignal | undefined): Promise<boolean> {
  const deadlineMs = performance.now() + timeoutMs;
  while (await isSameProcessRunning(identity)) {
    if (performance.now() >= deadlineMs) return false;
    await delay(lookEveryMs, undefined, { signal });
  }
  return true;
}

function sendSignal(pid: number, signal: NodeJS.Signals): void {
  try {
    process.kill(pid, signal);
  } catch (error) {
    // It ended by itself between our look and our signal.
    if (!(error instanceof Error && "code" in error && error.code === "ESRCH")) throw error;
  }
}

async function portOfLastRun(files: ManagedFiles): Promise<number | undefined> {
  const record = await readRecord(files);
  return record !== undefined && (await isPortFree(record.port)) ? record.port : undefined;
}

/** The password is chosen once, because immudb takes it over only when its folder is new. */
async function ensureAdminPassword(files: ManagedFiles): Promise<string> {
  await mkdir(files.folder, { recursive: true, mode: 0o700 });
  // immudb asks for a capital, a digit and a sign in the passwords that it changes later; so we have them from the start.
  const password = `Aa1-${randomBytes(18).toString("base64url")}`;
  try {
    await writeFile(files.adminPassword, password, { mode: 0o600, flag: "wx" });
    return password;
  } catch (error) {
    if (!(error instanceof Error && "code" in error && error.code === "EEXIST")) throw error;
  }
  const kept = await readFile(files.adminPassword, "utf8");
  if (kept === "") throw new ServerStartError(`${files.adminPassword} is empty. Write the immudb password into it.`);
  return kept;
}
