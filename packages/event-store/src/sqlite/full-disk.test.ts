import { spawnSync } from "node:child_process";
import { rmSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, onTestFinished, test, type TestContext } from "vitest";
import { accepted, all, codeOf, commitOf, freshId, freshRef, newEvent, versionOf, write } from "../contract/samples.ts";
import type { EventStore } from "../event-store.ts";
import { readLog } from "../read-all.ts";
import { UnavailableError } from "../errors.ts";
import { openOnThreads, openSqliteEventStore } from "./sqlite-event-store.ts";
import { requireTool } from "./testing/system-tool.ts";
import { findingsOf } from "./testing/small-log.ts";
import { testFolders } from "./testing/test-folders.ts";

const newFolder = testFolders();
const large = (kilobytes: number) => newEvent("RoomDescriptionUpdated", { text: "x".repeat(kilobytes * 1024) });

/** Appends until the store refuses, and gives the events that it acknowledged and the error. */
async function fill(store: EventStore, kilobytes: number): Promise<{ readonly acknowledged: number; readonly error: unknown }> {
  for (let acknowledged = 0; ; acknowledged += 2) {
    try {
      await accepted(store, {
        writes: [write(freshRef(), 0, [large(kilobytes)]), write(freshRef(), 0)],
        command: { id: freshId(), outcome: null },
      });
    } catch (error) {
      return { acknowledged, error };
    }
  }
}

const eventCount = async (store: EventStore): Promise<number> => (await all(readLog(store))).length;

test("[G2] [G5] a log that may not grow any more refuses with `unavailable`, loses nothing, and goes on when it may", async () => {
  const directory = newFolder();
  const small = await openSqliteEventStore({ directory, maxLogBytes: 400 * 1024 });
  const { acknowledged, error } = await fill(small, 4);
  expect(error).toMatchObject({ code: "unavailable", message: expect.stringContaining("make room") });
  expect(acknowledged).toBeGreaterThan(10);
  // Those who share a transaction with one that does not fit are told the same, and nothing of them is there.
  const streams = [freshRef(), freshRef()];
  const together = await Promise.allSettled([
    small.append([commitOf(streams[0] ?? freshRef(), 0)]),
    small.append([commitOf(streams[1] ?? freshRef(), 0, [large(200)])]),
  ]);
  expect(together).toMatchObject([{ reason: { code: "unavailable" } }, { reason: { code: "unavailable" } }]);
  expect(await small.heads(streams)).toMatchObject([{ version: 0 }, { version: 0 }]);
  expect(await eventCount(small)).toBe(acknowledged);
  expect(await small.statistics()).toMatchObject({ event_count: acknowledged, events_stored: acknowledged, store_failures: 3 });
  await small.close();
  const wide = await openSqliteEventStore({ directory });
  expect(await eventCount(wide)).toBe(acknowledged);
  await accepted(wide, commitOf(freshRef(), 0, [large(200)]));
  await wide.close();
  expect(await findingsOf(directory)).toEqual([]);
});

/** A file system of its own. Where this process may not mount one, the test ends here. */
function smallDisk(context: TestContext, megabytes: number): string {
  const directory = newFolder();
  requireTool(context, "a really full disk", "mount", ["-t", "tmpfs", "-o", `size=${megabytes}m`, "tmpfs", directory]);
  onTestFinished(() => {
    spawnSync("umount", ["-l", directory]);
  });
  return directory;
}

test("[G2] [G5] a full disk is `unavailable`, loses nothing, and the same store works again when there is room", async (context) => {
  const disk = smallDisk(context, 3);
  const ballast = join(disk, "ballast");
  writeFileSync(ballast, Buffer.alloc(1024 * 1024));
  const store = await openSqliteEventStore({ directory: join(disk, "store") });
  const first = await fill(store, 16);
  expect(first.error).toMatchObject({ code: "unavailable" });
  expect(first.acknowledged).toBeGreaterThan(10);
  expect(await eventCount(store)).toBe(first.acknowledged);
  const refused = await Promise.allSettled(Array.from({ length: 5 }, () => store.append([commitOf(freshRef(), 0, [large(100)])])));
  expect(refused.every((outcome) => outcome.status === "rejected" && outcome.reason instanceof UnavailableError)).toBe(true);
  rmSync(ballast);
  const stream = freshRef();
  await accepted(store, commitOf(stream, 0, [large(16)]));
  expect(await versionOf(store, stream)).toBe(1);
  const second = await fill(store, 16);
  const total = first.acknowledged + 1 + second.acknowledged;
  expect(await eventCount(store)).toBe(total);
  await store.close();
  // Only the log matters: a copy of it elsewhere opens with everything in it.
  const copy = newFolder();
  spawnSync("cp", ["-r", join(disk, "store"), copy]);
  const again = await openSqliteEventStore({ directory: join(copy, "store") });
  expect(await eventCount(again)).toBe(total);
  expect(await again.statistics()).toMatchObject({ event_count: total });
  await again.close();
});

/** Lets files of this process grow to so many bytes. Where there is no `prlimit`, the test ends here. */
const limitTo = (context: TestContext, bytes: number | "unlimited"): void =>
  requireTool(context, "a disk that fails at the last step", "prlimit", ["--pid", String(process.pid), `--fsize=${bytes}:`]);

test.for(["own", "caller"] as const)(
  "[G3] a disk that fails at the last step is `unavailable` if that can be made certain, else `outcome_unknown`; nothing is doubled (thread: %s)",
  async (threads, context) => {
    limitTo(context, "unlimited");
    const signal = (): void => undefined;
    process.on("SIGXFSZ", signal);
    onTestFinished(() => {
      limitTo(context, "unlimited");
      process.off("SIGXFSZ", signal);
    });
    const directory = newFolder();
    const store = await openOnThreads({ directory }, threads);
    const stream = freshRef();
    await accepted(store, commitOf(stream, 0, 3));
    const commit = { ...commitOf(stream, 3, [large(100)]), command: { id: freshId(), outcome: "done" } };

    const whole = statSync(join(directory, "events.sqlite-wal")).size;

    // Room for a few pages: the transaction does not fit, the small write that makes certain does.
    limitTo(context, whole + 10 * 4120);
    await expect(store.append([commit])).rejects.toMatchObject({ code: "unavailable" });
    // Room for none.
    limitTo(context, whole);
    await expect(store.append([commit])).rejects.toMatchObject({ code: "outcome_unknown" });
    limitTo(context, "unlimited");

    expect(await versionOf(store, stream)).toBe(3);
    expect((await store.append([commit])).map(codeOf)).toEqual(["ok"]);
    expect((await store.append([commit])).map(codeOf)).toEqual(["command_already_recorded"]);
    expect(await versionOf(store, stream)).toBe(4);
    await store.close();
    const again = await openSqliteEventStore({ directory });
    expect(await versionOf(again, stream)).toBe(4);
    await again.close();
    expect(await findingsOf(directory)).toEqual([]);
  },
);
