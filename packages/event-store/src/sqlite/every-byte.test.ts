import { readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { expect, test } from "vitest";
import { readLog, readStreamAll } from "../read-all.ts";
import { all } from "../contract/samples.ts";
import { openOnThreads } from "./sqlite-event-store.ts";
import { commandIds, fillSmallLog, findingsOf, streams } from "./testing/small-log.ts";
import { testFolders } from "./testing/test-folders.ts";
import { withStore } from "./testing/test-store.ts";

const newFolder = testFolders();

/** All bytes take minutes: `AETHYR_EVERY_BYTE=1`. Else every so many-th, which is no divisor of a page's size. */
const stride = process.env["AETHYR_EVERY_BYTE"] === "1" ? 1 : 19;
const flips = process.env["AETHYR_EVERY_BYTE"] === "1" ? [0x01, 0x80, 0xff] : [0x01];

/** As small as SQLite makes it. */
function shrink(file: string): void {
  const database = new DatabaseSync(file);
  database.exec("PRAGMA journal_mode=delete; PRAGMA page_size=512; VACUUM; PRAGMA journal_mode=wal");
  database.close();
}

/** Everything that the store answers about its log. */
async function readsOf(directory: string): Promise<() => Promise<string>> {
  const store = await openOnThreads({ directory, onWarning: () => undefined }, "caller");
  return async () => {
    try {
      const events = await all(readLog(store));
      const { event_count, aggregate_count, event_types, aggregate_types } = await store.statistics();
      return JSON.stringify({
        id: store.logId,
        events,
        streams: await Promise.all(streams.map((stream) => all(readStreamAll(store, stream)))),
        backward: await Promise.all(streams.map((stream) => all(readStreamAll(store, stream, { direction: "backward" })))),
        head: await store.head(),
        heads: await store.heads(streams),
        listed: await store.listStreams(),
        outcomes: await store.outcomes(commandIds),
        statistics: [event_count, aggregate_count, event_types, aggregate_types],
      });
    } finally {
      await store.close();
    }
  };
}

async function opened(directory: string): Promise<(() => Promise<string>) | undefined> {
  try {
    return await readsOf(directory);
  } catch {
    return undefined;
  }
}

const found = (directory: string): Promise<boolean> =>
  findingsOf(directory).then(
    (findings) => findings.length > 0,
    () => true,
  );

test(
  "[G10] a byte of the log is changed: `log verify` finds it, or the log does not open, or every read is what it was",
  { timeout: 3_600_000 },
  async () => {
    const directory = newFolder();
    await withStore({ directory }, fillSmallLog);
    const file = join(directory, "events.sqlite");
    shrink(file);
    const whole = readFileSync(file);
    expect(await findingsOf(directory)).toEqual([]);
    const before = await (await readsOf(directory))();

    const missed: string[] = [];
    const counts = { found: 0, closed: 0, same: 0 };
    for (let at = 0; at < whole.length; at += stride) {
      for (const flip of flips) {
        for (const rest of ["-wal", "-shm"]) rmSync(`${file}${rest}`, { force: true });
        const changed = Buffer.from(whole);
        changed[at] = (changed[at] ?? 0) ^ flip;
        writeFileSync(file, changed);
        if (await found(directory)) counts.found += 1;
        else {
          const reads = await opened(directory);
          if (reads === undefined) counts.closed += 1;
          else {
            const after = await reads().catch(String);
            if (after === before) counts.same += 1;
            else missed.push(`byte ${at} ^ ${flip}: ${after.slice(0, 200)}`);
          }
        }
      }
    }
    expect(missed).toEqual([]);
    // The rest is room that SQLite has not used yet.
    expect(counts.found).toBeGreaterThan(0.4 * (counts.found + counts.closed + counts.same));
  },
);
