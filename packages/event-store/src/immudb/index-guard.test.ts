import { expect, test, vi } from "vitest";
import type { IndexGap } from "./index-check.ts";
import { createIndexGuard } from "./index-guard.ts";

const serviceError = (details: string): Error => Object.assign(new Error(details), { code: 2, details });
const noSpace = serviceError("write data/log/tx/00000000.tx: no space left on device");
const gap: IndexGap = { tx: 7, key: "c/one", why: "is not found by its key" };
const whole = (): Promise<undefined> => Promise.resolve(undefined);

/** A guard beside a server of which a test says when it was started and what its index tells. */
async function guarded() {
  const server = { startedAt: 100, gap: undefined as IndexGap | undefined, reachable: true, checks: 0 };
  const onChange = vi.fn<(suspicion: Error | undefined) => void>();
  const guard = createIndexGuard({
    meet: async () => {
      if (!server.reachable) throw serviceError("gone");
      await guard.met(server.startedAt, whole);
    },
    check: () => {
      server.checks += 1;
      return Promise.resolve(server.gap);
    },
    onChange,
  });
  await guard.met(server.startedAt, whole);
  return { guard, server, onChange };
}

async function inFakeTime(run: (look: () => Promise<void>) => Promise<void>): Promise<void> {
  vi.useFakeTimers();
  try {
    await run(async () => void (await vi.advanceTimersByTimeAsync(1_000)));
  } finally {
    vi.useRealTimers();
  }
}

test.each([
  ["write x: no space left on device", true],
  ["write x: disk quota exceeded", true],
  ["write x: file too large", true],
  ["write x: input/output error", true],
  ["tbtree: error reading required file content", true],
  ["tbtree: file is corrupted", true],
  ["EOF", true],
  ["singleapp: corrupted metadata: could not open indexer", true],
  ["tbtree: key not found", false],
  ["tbtree: max active snapshots limit reached", false],
  ["max concurrency limit exceeded", false],
])("[G3] after %j the index is suspect: %s", async (text, suspect) => {
  const { guard } = await guarded();
  guard.failed(serviceError(text));
  expect(guard.suspicion() !== undefined).toBe(suspect);
  guard.close();
});

test("[G3] a suspicion is `unavailable`, says why and names the remedy", async () => {
  const { guard, onChange } = await guarded();
  guard.failed(noSpace);
  expect(guard.suspicion()).toMatchObject({
    code: "unavailable",
    details: { reason: "index_suspect" },
    message: expect.stringMatching(/no space left on device.*index_\*/s) as string,
    cause: noSpace,
  });
  expect(onChange.mock.calls).toEqual([[guard.suspicion()]]);
  guard.close();
});

test("[G3] room on the disk ends no suspicion while the process of the server is the same", () =>
  inFakeTime(async (look) => {
    const { guard, server } = await guarded();
    guard.failed(noSpace);
    for (let looks = 0; looks < 5; looks += 1) await look();
    expect(guard.suspicion()).toBeDefined();
    expect(server.checks).toBe(0);
    guard.close();
  }));

test("[G3] another process of the server ends it when every key is found, and only then", () =>
  inFakeTime(async (look) => {
    const { guard, server, onChange } = await guarded();
    guard.failed(noSpace);
    server.reachable = false;
    await look();
    server.reachable = true;
    [server.startedAt, server.gap] = [200, gap];
    await look();
    expect(guard.suspicion()?.message).toContain("c/one, written in transaction 7");
    [server.startedAt, server.gap] = [300, undefined];
    await look();
    expect(guard.suspicion()).toBeUndefined();
    expect(onChange).toHaveBeenLastCalledWith(undefined);
    await look();
    expect(server.checks).toBe(2);
  }));

test("[G3] a process of the server that is still making its index anew is looked at again, with pauses that grow, until every key is found", () =>
  inFakeTime(async (look) => {
    const { guard, server } = await guarded();
    guard.failed(noSpace);
    [server.startedAt, server.gap] = [200, gap];
    for (let looks = 0; looks < 100; looks += 1) await look();
    expect(guard.suspicion()?.message).toContain("c/one");
    expect(server.checks).toBeGreaterThan(4);
    expect(server.checks).toBeLessThan(12);
    server.gap = undefined;
    for (let looks = 0; looks < 40; looks += 1) await look();
    expect(guard.suspicion()).toBeUndefined();
  }));

test("[G3] what such a process is damaged by itself ends with it only", () =>
  inFakeTime(async (look) => {
    const { guard, server } = await guarded();
    await guard.met(200, () => Promise.resolve(gap));
    server.startedAt = 200;
    guard.failed(noSpace);
    for (let looks = 0; looks < 5; looks += 1) await look();
    expect(guard.suspicion()?.message).toContain("no space left");
    server.startedAt = 300;
    await look();
    expect(guard.suspicion()).toBeUndefined();
  }));

test("[G3] a server that restarts while its index is looked at is looked at anew", () =>
  inFakeTime(async (look) => {
    const { guard, server } = await guarded();
    guard.failed(noSpace);
    server.startedAt = 200;
    const restarting = vi.spyOn(server, "checks", "set").mockImplementationOnce(() => void guard.met(300, whole));
    await look();
    expect(guard.suspicion()).toBeDefined();
    restarting.mockRestore();
    server.startedAt = 300;
    await look();
    expect(guard.suspicion()).toBeUndefined();
  }));

test("[G3] the first look at another process of the server suspects it, and one that fails lets nobody in", async () => {
  const { guard } = await guarded();
  await expect(guard.met(200, () => Promise.reject(noSpace))).rejects.toBe(noSpace);
  expect(guard.suspicion()).toBeUndefined();
  await guard.met(200, () => Promise.resolve(gap));
  expect(guard.suspicion()?.message).toContain("c/one");
  guard.close();
});

test("[G3] a server that does not tell when it was started is looked at in every session, and ends no suspicion", () =>
  inFakeTime(async (look) => {
    const { guard, server } = await guarded();
    const sample = vi.fn(whole);
    await guard.met(undefined, sample);
    await guard.met(undefined, sample);
    expect(sample).toHaveBeenCalledTimes(2);
    guard.failed(noSpace);
    await guard.met(undefined, sample);
    await look();
    expect(guard.suspicion()).toBeDefined();
    expect(server.checks).toBe(0);
    guard.close();
  }));
