import { describe, expect, test } from "vitest";
import { ref, type Json } from "@aethyr/kernel";
import type { EventStoreSubject } from "./event-store-contract.ts";
import { freshId, freshRef, snapshotOf } from "./samples.ts";
import { sharedStore, withStore } from "./shared-store.ts";

export function snapshotContract(subject: EventStoreSubject): void {
  describe("snapshots", () => {
    const store = sharedStore(subject);

    test("[D20] [D6] the newest is found, and the newest at or before a version", async () => {
      const stream = freshRef();
      for (const version of [9, 100, 10, 1]) await store().saveSnapshot(snapshotOf(stream, version));
      expect(await store().loadSnapshot(stream)).toEqual(snapshotOf(stream, 100));
      const at = async (version: number) => (await store().loadSnapshot(stream, version))?.version;
      expect(await Promise.all([0, 1, 8, 9, 10, 99, 100, 5000].map(at))).toEqual([undefined, 1, 1, 9, 10, 10, 100, 100]);
    });

    test("a stream that has none has none, and others' are not taken for it", async () => {
      const base = freshId();
      await store().saveSnapshot(snapshotOf(ref("room", `${base}.10`), 5));
      expect(await store().loadSnapshot(ref("room", `${base}.1`))).toBeUndefined();
      expect(await store().loadSnapshot(ref("room", base))).toBeUndefined();
    });

    test("one that is saved again at its version replaces the one before", async () => {
      const stream = freshRef();
      await store().saveSnapshot(snapshotOf(stream, 3));
      const later = {
        ...snapshotOf(stream, 3),
        state: { status: "done" as const, value: "gone", context: { "é\u2028": [1, { b: null, a: "\u0000" }] } },
      };
      await store().saveSnapshot(later);
      expect(await store().loadSnapshot(stream)).toEqual(later);
    });

    test("one that JSON cannot carry, or of no version, is refused", async () => {
      const stream = freshRef();
      const bad = { ...snapshotOf(stream, 1), state: { status: "active" as const, value: "a", context: new Date(0) as unknown as Json } };
      await expect(store().saveSnapshot(bad)).rejects.toMatchObject({ code: "invalid_request" });
      await expect(store().saveSnapshot(snapshotOf(stream, 0))).rejects.toMatchObject({ code: "invalid_request" });
      await expect(store().saveSnapshot(snapshotOf(ref("room", "../a"), 1))).rejects.toMatchObject({ code: "invalid_request" });
      expect(await store().loadSnapshot(stream)).toBeUndefined();
    });

    test("they are no events and need none: the log stays empty", async () => {
      await withStore(subject, async (own) => {
        await own.saveSnapshot(snapshotOf(freshRef(), 2));
        expect(await own.head()).toBe(0);
        expect(await own.listStreams()).toEqual([]);
        expect(await own.statistics()).toMatchObject({ event_count: 0, aggregate_count: 0, snapshot_count: 1, snapshots_stored: 1 });
      });
    });

    if (subject.reopen) {
      const { reopen } = subject;
      test("they are still there when the store is opened again, older ones too", async () => {
        const before = await subject.open();
        const stream = freshRef();
        for (const version of [5, 10]) await before.saveSnapshot(snapshotOf(stream, version));
        const after = await reopen(before);
        try {
          expect(await after.loadSnapshot(stream)).toEqual(snapshotOf(stream, 10));
          expect(await after.loadSnapshot(stream, 9)).toEqual(snapshotOf(stream, 5));
          expect((await after.statistics()).snapshot_count).toBe(1);
        } finally {
          await after.close();
        }
      });
    }
  });
}
