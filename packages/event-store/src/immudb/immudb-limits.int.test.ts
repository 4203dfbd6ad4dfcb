import { describe, expect, test } from "vitest";
import { ref } from "@aethyr/kernel";
import { ensureServer } from "@aethyr/servers";
import { encodeSnapshot } from "../encoding.ts";
import type { Commit } from "../event-store.ts";
import { prepareAppend } from "../prepare.ts";
import { maxBytes, sizeOf } from "./commit-queue.ts";
import { failureOf, said } from "./error-map.ts";
import { encodeEmpty, encodeGetAll, encodeScan, encodeSet, type NewEntry, type Precondition } from "./messages.ts";
import { maxBytes as maxSnapshotBytes } from "./snapshots.ts";
import { testServer } from "./testing/test-server.ts";
import { accepted, commitOf, freshId, freshRef, newEvent, newEvents, snapshotOf, write } from "../contract/samples.ts";

const immudb = await ensureServer("immudb");

/** A transaction of so many entries: one stream gives a record of each event, one of its beginning and one of its end. */
function commitOfEntries(entries: number): Commit {
  const writes = Array.from({ length: 255 }, () => write(freshRef(), 0, 2, true));
  const last = entries - 255 * 4 - 1;
  return {
    writes: [...writes, { ...write(freshRef(), 0, 1, last > 2), events: newEvents(Math.max(last - 2, 1)) }],
    command: { id: freshId(), outcome: 1 },
  };
}

/** A commit whose request takes so many bytes, as the store counts them. */
function commitOfBytes(bytes: number): Commit {
  const stream = ref("room", "hall");
  const large = Array.from({ length: 127 }, () => newEvent("RoomCreated", "x".repeat(261_000)));
  const sizedCommit = (filler: number): Commit =>
    commitOf(stream, 0, [...large, ...Array.from({ length: 3 }, () => newEvent("RoomCreated", "x".repeat(filler)))]);
  const sized = (filler: number): number => sizeOf(prepareAppend([sizedCommit(filler)])[0] as never).bytes;
  const filler = Math.floor((bytes - sized(0)) / 3);
  const commit = sizedCommit(filler);
  const missing = bytes - sized(filler);
  const [head, ...rest] = [...(commit.writes[0]?.events ?? [])].reverse();
  if (!head) throw new Error("no event");
  return commitOf(stream, 0, [...rest.reverse(), { ...head, data: "x".repeat(filler + missing) }]);
}

describe.skipIf(immudb === undefined)("the limits of a real immudb", () => {
  const { using, raw } = testServer();

  test("1,024 records of one commit are made, 1,025 are refused with nothing appended", () =>
    using(async (store) => {
      await accepted(store, commitOfEntries(1024));
      const before = await store.head();
      await expect(store.append([commitOfEntries(1025)])).rejects.toMatchObject({
        code: "limit_exceeded",
        details: { limit: 1024, actual: 1025 },
      });
      expect(await store.head()).toBe(before);
    }));

  test(
    "a commit of 32 MB is made, one of a byte more is refused with nothing appended",
    () =>
      using(async (store) => {
        await expect(store.append([commitOfBytes(maxBytes + 1)])).rejects.toMatchObject({
          code: "limit_exceeded",
          details: { limit: maxBytes, actual: maxBytes + 1 },
        });
        expect(await store.head()).toBe(0);
        await accepted(store, commitOfBytes(maxBytes));
      }),
    30_000,
  );

  test(
    "a snapshot of nearly 32 MB is saved, one of a byte more is refused",
    () =>
      using(async (store) => {
        const stream = freshRef();
        const snapshot = (filler: number) => ({
          ...snapshotOf(stream, 1),
          state: { status: "active" as const, value: "a", context: "x".repeat(filler) },
        });
        const overhead = Buffer.byteLength(encodeSnapshot(snapshot(0)));
        await expect(store.saveSnapshot(snapshot(maxSnapshotBytes - overhead + 1))).rejects.toMatchObject({ code: "limit_exceeded" });
        expect(await store.loadSnapshot(stream)).toBeUndefined();
        await store.saveSnapshot(snapshot(maxSnapshotBytes - overhead));
        expect((await store.loadSnapshot(stream))?.version).toBe(1);
      }),
    30_000,
  );

  test(
    "what the server itself takes and refuses, and what it says",
    () =>
      using(async (_, { database }) => {
        await raw(database, async (session) => {
          const failing = async (work: () => Promise<unknown>): Promise<readonly [string, string]> => {
            try {
              await work();
              return ["ok", ""];
            } catch (error) {
              return [failureOf(error), said(error)];
            }
          };
          const entries = (count: number): NewEntry[] =>
            Array.from({ length: count }, (_unused, index) => ({ key: Buffer.from(`x/${freshId()}/${index}`), value: Buffer.alloc(0) }));
          const absent = (count: number): Precondition[] => entries(count).map(({ key }) => ({ kind: "notModifiedAfterTx", key, tx: 1 }));
          const set =
            (entriesOf: readonly NewEntry[], preconditions: readonly Precondition[] = []) =>
            () =>
              session.set(encodeSet(entriesOf, preconditions));
          const keyOf = (bytes: number): NewEntry => ({ key: Buffer.alloc(bytes, "k"), value: Buffer.alloc(0) });
          const requestOf = (bytes: number) => {
            const one = (value: number): Buffer =>
              encodeSet([{ key: Buffer.from(freshId().slice(0, 8)), value: Buffer.alloc(value, "v") }], []);
            return () => session.set(one(bytes - (one(bytes - 1000).length - (bytes - 1000))));
          };
          const missing = Buffer.from("missing");
          const existing: Precondition = { kind: "mustExist", key: missing };

          expect(await failing(set(entries(1024), absent(1024)))).toEqual(["ok", ""]);
          expect(await failing(set(entries(1025)))).toEqual([
            "impossible",
            expect.stringContaining("max number of entries per tx exceeded"),
          ]);
          expect(await failing(set(entries(1), absent(1025)))).toEqual(["impossible", expect.stringContaining("too many preconditions")]);
          expect(await failing(set([]))).toEqual(["impossible", expect.stringContaining("no entries provided")]);
          expect(await failing(set([keyOf(255)]))).toEqual(["ok", ""]);
          expect(await failing(set([keyOf(256)]))).toEqual(["impossible", expect.stringContaining("max key length exceeded")]);
          expect(await failing(set([keyOf(0)]))).toEqual(["impossible", expect.stringContaining("illegal arguments")]);
          expect(await failing(set([keyOf(9), keyOf(9)]))).toEqual(["impossible", expect.stringContaining("duplicated keys")]);
          expect(await failing(set(entries(1), [{ kind: "notModifiedAfterTx", key: missing, tx: 0 }]))).toEqual([
            "impossible",
            expect.stringContaining("invalid transaction ID"),
          ]);
          expect(await failing(set(entries(1), [existing]))).toEqual(["precondition", "9: precondition failed: KeyMustExist"]);
          expect(await failing(set(entries(1), [{ kind: "mustNotExist", key: keyOf(255).key }]))).toEqual([
            "precondition",
            "9: precondition failed: KeyMustNotExist",
          ]);
          expect(await failing(set(entries(1), [{ kind: "notModifiedAfterTx", key: keyOf(255).key, tx: 1 }]))).toEqual([
            "precondition",
            "9: precondition failed: KeyNotModifiedAfterTxID",
          ]);
          expect(await failing(requestOf(maxBytes))).toEqual(["ok", ""]);
          expect(await failing(requestOf(maxBytes + 1))).toEqual([
            "too_large",
            expect.stringContaining(`(${maxBytes + 1} vs. ${maxBytes})`),
          ]);
          expect(await failing(() => session.scan({ prefix: missing, limit: 2501 }))).toEqual([
            "impossible",
            expect.stringContaining("result size limit exceeded"),
          ]);
          expect(await failing(() => session.command("GetAll", encodeGetAll([missing], 1_000_000)))).toEqual([
            "impossible",
            expect.any(String),
          ]);
          expect(await failing(() => session.command("Scan", encodeScan({ prefix: missing, limit: 1, sinceTx: 1_000_000 })))).toEqual([
            "impossible",
            expect.any(String),
          ]);
          expect(await failing(() => session.command("NoSuchCall", encodeEmpty()))).toEqual(["impossible", expect.stringContaining("12:")]);
        });
      }),
    30_000,
  );
});
