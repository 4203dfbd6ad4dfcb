import { randomUUID } from "node:crypto";
import { link, mkdir, readFile, unlink, writeFile } from "node:fs/promises";
import { dirname } from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import { z } from "zod";
import { LockTimeoutError } from "./errors.ts";
import { identifyProcess, isSameProcessRunning } from "./process-identity.ts";
import type { ProcessIdentity } from "./process-identity.ts";

const retryEveryMs = 100;

const holderSchema = z.object({ pid: z.int().positive(), birth: z.string() });

export interface FileLockOptions {
  /** How long to wait for another holder before giving up, in milliseconds. */
  readonly timeoutMs: number;
  readonly signal?: AbortSignal | undefined;
  /** Called once, when somebody else holds the lock and we begin to wait. */
  readonly onWait?: ((holder: ProcessIdentity) => void) | undefined;
}

/**
 * Runs `action` while this process holds the lock file `path`. The lock of a process that has ended is taken over.
 *
 * @throws LockTimeoutError when a living process keeps the lock for longer than `timeoutMs`.
 */
export async function withFileLock<T>(path: string, options: FileLockOptions, action: () => Promise<T>): Promise<T> {
  await mkdir(dirname(path), { recursive: true });
  await acquire(path, options);
  try {
    return await action();
  } finally {
    await unlink(path);
  }
}

async function acquire(path: string, options: FileLockOptions): Promise<void> {
  const deadlineMs = performance.now() + options.timeoutMs;
  for (let attempt = 1; ; attempt += 1) {
    options.signal?.throwIfAborted();
    if (await tryCreate(path)) return;
    const holder = await readHolder(path);
    if (holder !== undefined) {
      if (!(await isSameProcessRunning(holder)) && (await removeStale(path))) continue;
      if (attempt === 1) options.onWait?.(holder);
    }
    if (performance.now() >= deadlineMs) {
      const who = holder === undefined ? "somebody" : `process ${holder.pid}`;
      throw new LockTimeoutError(
        `${path} is held by ${who}. Wait for it to end, or delete ${path} and ${path}.takeover if nothing is at work.`,
      );
    }
    await delay(retryEveryMs, undefined, { signal: options.signal });
  }
}

/** Links a complete file into place, so that no reader ever sees a lock without its holder. */
async function tryCreate(path: string): Promise<boolean> {
  const self = await identifyProcess(process.pid);
  const draft = `${path}.${randomUUID()}`;
  await writeFile(draft, JSON.stringify(self), { mode: 0o600 });
  try {
    await link(draft, path);
    return true;
  } catch (error) {
    if (hasCode(error, "EEXIST")) return false;
    throw error;
  } finally {
    await unlink(draft);
  }
}

async function readHolder(path: string): Promise<ProcessIdentity | undefined> {
  try {
    return holderSchema.parse(JSON.parse(await readFile(path, "utf8")));
  } catch (error) {
    if (hasCode(error, "ENOENT")) return undefined;
    throw new LockTimeoutError(`${path} is not a lock file of ours. Delete it and try again.`, {
      cause: error,
    });
  }
}

/**
 * Removes the lock of a dead holder. Of several processes that see it dead at once, only the one with the second lock
 * may look again and remove; otherwise the slower one would remove the new lock of the faster one.
 */
async function removeStale(path: string): Promise<boolean> {
  const takeover = `${path}.takeover`;
  if (!(await tryCreate(takeover))) return false;
  try {
    const holder = await readHolder(path);
    if (holder !== undefined && !(await isSameProcessRunning(holder))) await unlink(path);
    return true;
  } finally {
    await unlink(takeover);
  }
}

function hasCode(error: unknown, code: string): boolean {
  return error instanceof Error && "code" in error && error.code === code;
}
