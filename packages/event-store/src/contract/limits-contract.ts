import { describe, expect, test } from "vitest";
import { encodeEvent } from "../encoding.ts";
import { ref, type Json } from "@aethyr/kernel";
import type { Commit } from "../event-store.ts";
import { limits } from "../limits.ts";
import type { EventStoreSubject } from "./event-store-contract.ts";
import { accepted, commitOf, freshId, freshRef, newEvent, newEvents, versionOf, write } from "./samples.ts";
import { sharedStore, withStore } from "./shared-store.ts";

export function limitsContract(subject: EventStoreSubject): void {
  describe("limits and requests that make no sense", () => {
    const store = sharedStore(subject);

    /** Every one of these must leave no trace, neither of itself nor of the sound commit before it. */
    async function refused(commit: Commit, code: string): Promise<void> {
      const sound = freshRef();
      const head = await store().head();
      await expect(store().append([commitOf(sound, 0), commit])).rejects.toMatchObject({ code });
      expect(await versionOf(store(), sound)).toBe(0);
      expect(await store().head()).toBe(head);
    }

    test("[G11] as many events as allowed are appended, one more is refused with nothing appended", async () => {
      const stream = freshRef();
      const { versions } = await accepted(store(), commitOf(stream, 0, limits.eventsPerAppend));
      expect(versions).toEqual([limits.eventsPerAppend]);
      await refused(commitOf(stream, "any", limits.eventsPerAppend), "limit_exceeded");
      expect(await versionOf(store(), stream)).toBe(limits.eventsPerAppend);
    });

    test("[G11] as many streams in one commit as allowed are written, one more is refused", async () => {
      const writes = Array.from({ length: limits.streamsPerCommit }, () => write(freshRef(), 0));
      await accepted(store(), { writes });
      await refused({ writes: [write(freshRef(), 0)], asserts: writes.map(({ stream }) => ({ stream, expect: 1 })) }, "limit_exceeded");
    });

    test("[G11] an event as large as allowed is kept, a larger one is refused", async () => {
      const stream = freshRef();
      const event = (length: number) => newEvent("RoomCreated", { text: "é".repeat(length) });
      const room = limits.eventBytes - Buffer.byteLength(encodeEvent(stream, Number.MAX_SAFE_INTEGER, event(0)));
      const largest = Math.floor(room / 2);
      await accepted(store(), commitOf(stream, 0, [event(largest)]));
      const [stored] = await store().readStream(stream);
      expect(stored?.data).toEqual({ text: "é".repeat(largest) });
      await refused(commitOf(stream, 1, [event(largest + 1)]), "limit_exceeded");
      await refused({ ...commitOf(stream, 1), command: { id: freshId(), outcome: "é".repeat(limits.eventBytes / 2) } }, "limit_exceeded");
    });

    const good = newEvent();
    const senseless: readonly (readonly [string, Commit])[] = [
      ["a commit without writes", { writes: [] }],
      ["a commit that only asserts", { writes: [], asserts: [{ stream: freshRef(), expect: 0 }] }],
      ["a write without events", commitOf(freshRef(), 0, 0)],
      ["a stream written twice", { writes: [write(ref("room", "twice"), 0), write(ref("room", "twice"), 1)] }],
      ["a stream written and asserted", { writes: [write(ref("room", "both"), 0)], asserts: [{ stream: ref("room", "both"), expect: 0 }] }],
      ["a negative expected version", commitOf(freshRef(), -1)],
      ["a fractional expected version", commitOf(freshRef(), 0.5)],
      ["a negative assert", { writes: [write(freshRef(), 0)], asserts: [{ stream: freshRef(), expect: -1 }] }],
      ["[D7] a stream whose id leaves its folder", commitOf(ref("room", "../x"), 0)],
      ["[D7] a stream with a slash in its type", commitOf(ref("room/a", "b"), 0)],
      ["[D7] a stream without an id", commitOf(ref("room", ""), 0)],
      ["[D7] a stream with a line break in its name", commitOf(ref("room", "a\n"), 0)],
      ["an event without a type", commitOf(freshRef(), 0, [{ ...good, type: "" }])],
      ["an event of schema 0", commitOf(freshRef(), 0, [{ ...good, schema: 0 }])],
      ["an event at no time", commitOf(freshRef(), 0, [{ ...good, time: "yesterday" }])],
      ["an event in local time", commitOf(freshRef(), 0, [{ ...good, time: "2026-01-02T03:04:05+02:00" }])],
      ["an event without its command", commitOf(freshRef(), 0, [{ ...good, meta: { ...good.meta, command: "" } }])],
      ["an event whose actor is half a surrogate pair", commitOf(freshRef(), 0, [{ ...good, meta: { ...good.meta, actor: "\ud800" } }])],
    ];
    test.each(senseless)("[G11] %s is refused with nothing appended", async (_what, commit) => {
      await refused(commit, "invalid_request");
    });

    const notJson: readonly (readonly [string, unknown])[] = [
      ["a date", new Date(0)],
      ["NaN", Number.NaN],
      ["-0", -0],
      ["a big integer", 1n],
      ["undefined inside", { a: undefined }],
      ["a map", new Map()],
      ["half a surrogate pair", "\udc00"],
      ["a hole", [1, , 2]], // oxlint-disable-line no-sparse-arrays
    ];
    test.each(notJson)(
      "[D15] data with %s is refused with nothing appended, as data of an event and as an outcome",
      async (_what, data) => {
        const value = { list: [data] } as unknown as Json;
        await refused(commitOf(freshRef(), 0, [newEvent("RoomCreated", value)]), "invalid_request");
        await refused({ ...commitOf(freshRef(), 0), command: { id: freshId(), outcome: value } }, "invalid_request");
      },
    );

    test("[G11] reads that make no sense are refused", async () => {
      const stream = freshRef();
      const invalid = { code: "invalid_request" };
      await expect(store().readStream(stream, { from: 0 })).rejects.toMatchObject(invalid);
      await expect(store().readStream(stream, { to: 0 })).rejects.toMatchObject(invalid);
      await expect(store().readStream(stream, { from: 1.5, direction: "backward" })).rejects.toMatchObject(invalid);
      await expect(store().readStream(stream, { limit: 0 })).rejects.toMatchObject(invalid);
      await expect(store().readStream(ref("room", "a/b"))).rejects.toMatchObject(invalid);
      await expect(store().readAll(-1)).rejects.toMatchObject(invalid);
      await expect(store().readAll(0, 0)).rejects.toMatchObject(invalid);
      await expect(store().heads([stream, ref("room", "")])).rejects.toMatchObject(invalid);
      await expect(store().listStreams({ limit: -1 })).rejects.toMatchObject(invalid);
      await expect(store().loadSnapshot(stream, -1)).rejects.toMatchObject(invalid);
      const large = { code: "limit_exceeded" };
      await expect(store().readStream(stream, { limit: limits.page + 1 })).rejects.toMatchObject(large);
      await expect(store().readAll(0, limits.page + 1)).rejects.toMatchObject(large);
      await expect(store().listStreams({ limit: limits.page + 1 })).rejects.toMatchObject(large);
    });
  });

  describe("close", () => {
    test("every later call is refused with `closed`, and closing again does nothing", async () => {
      await withStore(subject, async (store) => {
        const stream = freshRef();
        await accepted(store, commitOf(stream, 0));
        await store.close();
        await store.close();
        const calls = [
          store.append([commitOf(stream, 1)]),
          store.append([]),
          store.readStream(stream),
          store.readAll(0),
          store.head(),
          store.heads([stream]),
          store.listStreams(),
          store.outcomes(["a"]),
          store.loadSnapshot(stream),
          store.saveSnapshot({
            stream,
            version: 1,
            time: "2026-01-02T03:04:05.678Z",
            machine: { version: 1, structure: "s" },
            state: { status: "active", value: "a", context: null },
          }),
          store.statistics(),
        ];
        for (const call of await Promise.allSettled(calls)) expect(call).toMatchObject({ status: "rejected", reason: { code: "closed" } });
      });
    });

    test("what is under way is finished first", async () => {
      const store = await subject.open();
      const stream = freshRef();
      const appends = Promise.all(
        Array.from({ length: 20 }, (_, version) => store.append([{ writes: [write(stream, version, newEvents(1))] }])),
      );
      const reads = store.readAll(0);
      await store.close();
      expect((await appends).flat().every(({ ok }) => ok)).toBe(true);
      await reads;
    });
  });
}
