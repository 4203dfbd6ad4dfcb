import { statSync } from "node:fs";
import { join } from "node:path";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { pathOf } from "@aethyr/kernel";
import {
  checkpointOf,
  parseEventKey,
  verifyDualProof,
  verifyLog,
  verifyProvenTransaction,
  type Checkpoint,
  type ProvableLog,
} from "@aethyr/proof";
import { accepted, all, commitOf, freshId, freshRef, newEvents, write } from "../contract/samples.ts";
import { provableLogContract } from "@aethyr/proof/contract";
import { readLog } from "../read-all.ts";
import { openOnThreads, openSqliteEventStore, type SqliteEventStore } from "./sqlite-event-store.ts";
import { openSqliteLog } from "./sqlite-log.ts";
import { fillSmallLog, findingsOf } from "./testing/small-log.ts";
import { testFolders } from "./testing/test-folders.ts";
import { tamper } from "./testing/test-store.ts";

const newFolder = testFolders();

async function withSqlite<T>(directory: string, work: (store: SqliteEventStore) => Promise<T>): Promise<T> {
  const store = await openOnThreads({ directory, cachedHeads: 2 }, "caller");
  try {
    return await work(store);
  } finally {
    await store.close();
  }
}

async function smallLog(): Promise<{ readonly directory: string; readonly checkpoint: Checkpoint }> {
  const directory = newFolder();
  const checkpoint = await withSqlite(directory, async (store) => {
    await fillSmallLog(store);
    return checkpointOf(await store.proof.state(), "2026-01-02T03:04:05.678Z");
  });
  return { directory, checkpoint };
}

const keysOf = async (proof: ProvableLog): Promise<readonly (readonly string[])[]> =>
  (await proof.transactions(1, 1000)).map(({ entries }) =>
    entries.map(({ key, value }) =>
      `${Buffer.from(key).toString("utf8", 1)}=${Buffer.from(value).toString("utf8", 1)}`.replace(/\{"actor.*/, "…"),
    ),
  );

for (const threads of ["own", "caller"] as const)
  provableLogContract({
    name: `sqlite (thread: ${threads})`,
    open: async () => {
      const store = await openOnThreads({ directory: newFolder() }, threads);
      const write = async (transactions: number): Promise<void> => {
        for (let count = 0; count < transactions; count += 1)
          await accepted(store, { ...commitOf(freshRef(), 0, 1 + (count % 3)), command: { id: freshId(), outcome: { count } } });
      };
      return { log: store.proof, write, close: store.close };
    },
  });

describe("the chain of a log", () => {
  test("[G10] its hashes are over everything that was written, in one order: events, markers, ends, outcomes and their places", async () => {
    const { directory } = await smallLog();
    await withSqlite(directory, async ({ proof, logId }) => {
      expect(await keysOf(proof)).toEqual([
        [`m/genesis={"format":1,"holds":"events","log":"${logId}"}`],
        ["e/room/hall/0000000000000001=…", "a/room/hall=", "e/room/hall/0000000000000002=…", 'c/make={"reply":"made"}\t'],
        [
          "e/room/cellar/0000000000000001=…",
          "a/room/cellar=",
          "e/room/cellar/0000000000000002=…",
          "e/room/hall/0000000000000003=…",
          'c/dig={"reply":"dug"}\n',
          "e/player/ada/0000000000000001=…",
          "a/player/ada=",
          "ch/bb658d82692ba34304297e5edfa985b4a9e9ee510760ad41c5b23cd19c6fe25f=null\r",
          "e/room/hall/0000000000000004=…",
        ],
        ["e/room/attic/0000000000000001=…", "a/room/attic=", "end/room/attic=1"],
        ["e/room/cellar/0000000000000003=…", "end/room/cellar=3", "e/player/ada/0000000000000002=…", 'c/close={"reply":"closed"}\t'],
        ["e/room/hall/0000000000000005=…"],
      ]);
    });
  });

  test("[G10] what is proven of an event are the very bytes that readers get", async () => {
    const { directory } = await smallLog();
    await withSqlite(directory, async (store) => {
      const events = await all(readLog(store));
      const proven = (await store.proof.transactions(1, 1000)).flatMap(({ entries }) =>
        entries.flatMap(({ key, value }) => {
          const of = parseEventKey(key);
          return of ? [{ ...of, text: Buffer.from(value).toString("utf8", 1) }] : [];
        }),
      );
      expect(proven).toEqual(
        events.map(({ stream, version, bytes }) => ({ aggregate: pathOf(stream), version, text: Buffer.from(bytes).toString() })),
      );
    });
  });

  test("[G10] it holds after any appends, refused ones and reopening among them, and every part of it is proven into every other", async () => {
    const steps = fc.array(
      fc.record({
        stream: fc.nat(3),
        events: fc.integer({ min: 1, max: 3 }),
        ends: fc.boolean(),
        command: fc.option(fc.nat(6)),
        reopen: fc.boolean(),
      }),
      { minLength: 1, maxLength: 25 },
    );
    await fc.assert(
      fc.asyncProperty(steps, async (plan) => {
        const directory = newFolder();
        let store = await openOnThreads({ directory, cachedHeads: 2 }, "caller");
        const streams = [freshRef(), freshRef(), freshRef(), freshRef()] as const;
        for (const { stream, events, ends, command, reopen } of plan) {
          const of = streams[stream] ?? streams[0];
          const commit = {
            writes: [write(of, "any", newEvents(events), ends)],
            ...(command !== null && { command: { id: `command ${command}`, outcome: { command } } }),
          };
          await store.append([commit, commit]);
          if (!reopen) continue;
          await store.close();
          store = await openOnThreads({ directory, cachedHeads: 2 }, "caller");
        }
        const { proof } = store;
        const verdict = await verifyLog(proof);
        expect(verdict).toMatchObject({ ok: true });
        expect(await store.faults()).toEqual([]);
        const { tx: last } = await proof.state();
        const points = [];
        for (let tx = 1; tx <= last; tx += 1) {
          const { proof: self } = await proof.prove(tx, tx);
          points.push({ tx, hash: self.linear.terms[0] ?? new Uint8Array() });
        }
        for (const older of points) {
          for (const newer of points) {
            expect(verifyProvenTransaction(await proof.prove(older.tx, newer.tx), older.tx, newer)).toEqual({ ok: true });
            if (older.tx > newer.tx) continue;
            expect(verifyDualProof(await proof.consistency(older.tx, newer.tx), older, newer)).toEqual({ ok: true });
          }
        }
        await store.close();
      }),
      { numRuns: 10 },
    );
  });

  test("[G10] it is verified in pages, also where transactions are as large as they can be, on the store's threads and beside it", async () => {
    const directory = newFolder();
    const store = await openSqliteEventStore({ directory });
    const appends = Array.from({ length: 12 }, () => store.append([commitOf(freshRef(), 0, 512)]));
    await Promise.all(appends);
    for (let count = 0; count < 80; count += 1)
      await accepted(store, { ...commitOf(freshRef(), 0), command: { id: freshId(), outcome: null } });
    const { tx } = await store.proof.state();
    expect((await store.proof.transactions(2, 1000)).length).toBeLessThan(20);
    expect(await verifyLog(store.proof)).toMatchObject({ ok: true, database: store.logId, to: tx, entries: 1 + 12 * 513 + 80 * 3 });
    expect(await store.faults()).toEqual([]);

    const beside = await openSqliteLog({ directory });
    expect(beside.logId).toBe(store.logId);
    const [stopped] = await Promise.allSettled([verifyLog(beside.proof, { onProgress: () => void beside.close() })]);
    expect(stopped).toMatchObject({ status: "rejected", reason: { code: "closed" } });
    await expect(beside.faults()).rejects.toMatchObject({ code: "closed" });
    await store.close();
    await expect(store.proof.state()).rejects.toMatchObject({ code: "closed" });
  });

  test("what is not in the log, or cannot be, is refused as a request", async () => {
    const { directory } = await smallLog();
    await withSqlite(directory, async ({ proof }) => {
      const invalid = { code: "invalid_request" };
      await expect(proof.prove(7, 1)).rejects.toMatchObject(invalid);
      await expect(proof.prove(1, 7)).rejects.toMatchObject(invalid);
      await expect(proof.consistency(1, 7)).rejects.toMatchObject(invalid);
      await expect(proof.consistency(2, 1)).rejects.toMatchObject(invalid);
      await expect(proof.transactions(0, 1)).rejects.toMatchObject(invalid);
      await expect(proof.transactions(1, 1001)).rejects.toMatchObject({ code: "limit_exceeded" });
      expect(await proof.transactions(7, 10)).toEqual([]);
    });
    await expect(openSqliteLog({ directory: newFolder() })).rejects.toMatchObject({ code: "foreign_store" });
  });
});

/** A change behind the store's back, and what must be said of it. */
const changes: readonly (readonly [what: string, sql: string, finding: RegExp])[] = [
  ["an event", "UPDATE events SET event = replace(event, 'Ada', 'Eve') WHERE position = 3 * 1024 + 3", /^entries in 3:/],
  ["the stream of an event", "UPDATE events SET stream = 4, version = 9 WHERE position = 3 * 1024 + 2", /^entries in 3:/],
  ["the version of an event", "UPDATE events SET version = 7 WHERE position = 6 * 1024", /^entries in 6:/],
  ["the place of an event", "UPDATE events SET position = position + 1 WHERE position = 3 * 1024 + 4", /position 3077 has none before it/],
  ["the transaction of an event", "UPDATE events SET position = 4 * 1024 + 1 WHERE position = 6 * 1024", /^entries in 4:/],
  ["an event that is gone", "DELETE FROM events WHERE position = 6 * 1024", /^entries in 6:/],
  [
    "an event more",
    "INSERT INTO events SELECT position + 1, stream, version + 1, event FROM events WHERE position = 6 * 1024",
    /^entries in 6:/,
  ],
  ["an event before the first", "INSERT INTO events VALUES (-5, 1, 6, '{}')", /position -5 is of no transaction/],
  ["an event after the last", "INSERT INTO events VALUES (9999999, 1, 6, '{}')", /position 9999999 is of no transaction/],
  ["the name of a stream", "UPDATE streams SET path = 'room/hell' WHERE path = 'room/hall'", /^entries in 2:/],
  [
    "a stream more",
    "INSERT INTO streams VALUES (99, 'room/more', 0); UPDATE aggregate_types SET count = 4 WHERE type = 'room'",
    /room\/more has no first event/,
  ],
  ["a stream that is gone", "DELETE FROM streams WHERE path = 'player/ada'", /^entries in 3:/],
  ["an end that is gone", "UPDATE streams SET ended = 0 WHERE path = 'room/attic'", /^entries in 4:/],
  ["an end at another version", "UPDATE streams SET ended = 2 WHERE path = 'room/cellar'", /^entries in 3:/],
  ["an end that never was", "UPDATE streams SET ended = 77 WHERE path = 'room/hall'", /room\/hall is said to have ended at version 77/],
  ["an outcome", "UPDATE commands SET outcome = 'true' WHERE id = 'dig'", /^entries in 3:/],
  ["the id of a command", "UPDATE commands SET id = 'dog' WHERE id = 'dig'", /^entries in 3:/],
  ["the place of a command", "UPDATE commands SET position = position - 1 WHERE id = 'dig'", /^entries in 3:/],
  ["the transaction of a command", "UPDATE commands SET position = 6 * 1024 WHERE id = 'close'", /^entries in 5:/],
  ["a command that is gone", "DELETE FROM commands WHERE id = 'close'", /^entries in 5:/],
  ["a command more", "INSERT INTO commands VALUES (6 * 1024, 'more', 'null')", /^entries in 6:/],
  ["a command where no event is", "INSERT INTO commands VALUES (77, 'more', 'null')", /command more is at position 77, which no event has/],
  ["the id of the log", "UPDATE meta SET value = replace(value, 'events', 'Events')", /first record/],
  ["another id of the log", "UPDATE meta SET value = replace(value, substr(value, -10, 8), '00000000')", /^entries in 1:/],
  ["another record beside the first one", "INSERT INTO meta VALUES ('more', '')", /^entries in 1:/],
  ["the time of a transaction", "UPDATE transactions SET time = time - 3600 WHERE tx = 4", /^chain in 4:/],
  ["the number of entries", "UPDATE transactions SET entries = 2 WHERE tx = 4", /^entries in 4:/],
  ["the hash of a transaction", "UPDATE transactions SET alh = zeroblob(32) WHERE tx = 4", /^chain in 5:/],
  ["the hash of the newest transaction", "UPDATE transactions SET alh = zeroblob(32) WHERE tx = 6", /^state in 6:/],
  ["a hash of another length", "UPDATE transactions SET tree_root = zeroblob(31) WHERE tx = 4", /^malformed in 4:/],
  ["a time that is no time", "UPDATE transactions SET time = 9223372036854775807 WHERE tx = 4", /^unreadable in 4:/],
  ["a transaction that is gone", "DELETE FROM transactions WHERE tx = 3", /^gap in 3:/],
  [
    "a transaction below the first",
    "INSERT INTO transactions SELECT -1, time, entries, entries_root, tree_root, alh, subtrees FROM transactions WHERE tx = 1",
    /there is a transaction -1/,
  ],
  [
    "a count of events",
    "UPDATE event_types SET count = count + 1 WHERE type = 'PlayerCreated'",
    /event_types counts 2 of PlayerCreated, and there are 1/,
  ],
  ["a type that no event has", "INSERT INTO event_types VALUES ('Made', 0)", /event_types counts 0 of Made/],
  ["a count of streams", "DELETE FROM aggregate_types WHERE type = 'player'", /aggregate_types counts 0 of player, and there are 1/],
  ["a view for people", "DROP VIEW history; CREATE VIEW history AS SELECT 1", /history is not what a log has under that name/],
  ["a trigger", "CREATE TRIGGER quietly AFTER INSERT ON events BEGIN DELETE FROM commands; END", /quietly is not what a log has/],
  ["an index that is gone", "DROP INDEX events_of_stream", /events_of_stream is not what a log has/],
  [
    "two transactions that changed their places",
    `UPDATE events SET position = -position WHERE position / 1024 IN (4, 6); UPDATE events SET position = -position + 2048 WHERE position / 1024 = -4;
     UPDATE events SET position = -position - 2048 WHERE position / 1024 = -6;
     UPDATE transactions SET tx = -tx WHERE tx IN (4, 6); UPDATE transactions SET tx = 10 + tx WHERE tx < 0`,
    /^chain in 4:|^history_tree in 4:/,
  ],
];

describe("[G10] a log that was changed is found out:", () => {
  test.each(changes)("%s", async (_what, sql, finding) => {
    const { directory } = await smallLog();
    expect(await findingsOf(directory)).toEqual([]);
    tamper(directory, sql);
    const findings = await findingsOf(directory).catch((error: unknown) => [String(error)]);
    expect(findings).toContainEqual(expect.stringMatching(finding));
  });

  test("a tail that was cut off, cleanly, and also if it was written anew: by a checkpoint that is kept elsewhere", async () => {
    const { directory, checkpoint } = await smallLog();
    expect(await findingsOf(directory, [checkpoint])).toEqual([]);
    tamper(
      directory,
      `DELETE FROM events WHERE position >= 6 * 1024; DELETE FROM transactions WHERE tx = 6; UPDATE event_types SET count = count - 1 WHERE type = 'RoomCreated'`,
    );
    expect(await findingsOf(directory)).toEqual([]);
    expect(await findingsOf(directory, [checkpoint])).toEqual([expect.stringMatching(/^missing .*it was at 6: what came after 5 is gone/)]);
    await withSqlite(directory, async (store) => {
      await accepted(store, commitOf(freshRef(), 0));
      await accepted(store, commitOf(freshRef(), 0));
    });
    expect(await findingsOf(directory)).toEqual([]);
    expect(await findingsOf(directory, [checkpoint])).toEqual([expect.stringMatching(/^checkpoint in 6:.*was rewritten/)]);
  });

  test("appends go on after it, and what was changed is still found", async () => {
    const { directory } = await smallLog();
    tamper(directory, "UPDATE events SET event = replace(event, 'Ada', 'Eve') WHERE position = 3 * 1024 + 3");
    await withSqlite(directory, async (store) => void (await accepted(store, commitOf(freshRef(), 0))));
    expect(await findingsOf(directory)).toEqual([expect.stringMatching(/^entries in 3:/)]);
  });

  test("a log whose chain cannot be continued takes no appends: `corrupt_store`", async () => {
    const { directory } = await smallLog();
    tamper(directory, "UPDATE transactions SET subtrees = zeroblob(0) WHERE tx = 4");
    await withSqlite(directory, async (store) => {
      await expect(store.append([commitOf(freshRef(), 0)])).rejects.toMatchObject({ code: "corrupt_store" });
      expect(await store.head()).toBe(6 * 1024);
    });
  });
});

test("a log costs what its rows cost: a hundred bytes a transaction for the chain, and a subtree for every other", async () => {
  const directory = newFolder();
  await withSqlite(directory, async (store) => {
    for (let count = 0; count < 64; count += 1) await accepted(store, commitOf(freshRef(), 0));
  });
  expect(statSync(join(directory, "events.sqlite")).size).toBeLessThan(64 * 1024 + 64 * 1024);
});
