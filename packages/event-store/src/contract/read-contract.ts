import fc from "fast-check";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { pathOf, ref, type Json } from "@aethyr/kernel";
import { encodeEvent } from "../encoding.ts";
import type { EventStore, ReadStream } from "../event-store.ts";
import { readLog, readStreamAll } from "../read-all.ts";
import type { EventStoreSubject } from "./event-store-contract.ts";
import { accepted, all, commitOf, freshId, freshRef, newEvent } from "./samples.ts";
import { sharedStore, withStore } from "./shared-store.ts";

export function readContract(subject: EventStoreSubject): void {
  describe("reading a long log", () => {
    const long = freshRef();
    const other = freshRef();
    let store: EventStore;
    beforeAll(async () => {
      store = await subject.open();
      // A page holds 1000: 1100 events in one stream, others between them.
      for (let version = 0; version < 1100; version += 220) {
        await accepted(store, commitOf(long, version, 220));
        await accepted(store, commitOf(other, "any", 2));
      }
    });
    afterAll(() => store.close());

    const versions = async (options?: ReadStream) => (await store.readStream(long, options)).map(({ version }) => version);
    const range = (from: number, to: number) =>
      from <= to
        ? Array.from({ length: to - from + 1 }, (_, index) => from + index)
        : Array.from({ length: from - to + 1 }, (_, index) => from - index);

    test.each<readonly [ReadStream, readonly number[]]>([
      [{}, range(1, 1000)],
      [{ from: 1001 }, range(1001, 1100)],
      [{ from: 1101 }, []],
      [{ from: 98, to: 103 }, range(98, 103)],
      [{ from: 9, to: 11 }, range(9, 11)],
      [{ from: 5, limit: 3 }, [5, 6, 7]],
      [{ from: 1099, to: 5000, limit: 10 }, [1099, 1100]],
      [{ from: 20, to: 10 }, []],
      [{ direction: "backward" }, range(1100, 101)],
      [{ direction: "backward", from: 100 }, range(100, 1)],
      [{ direction: "backward", from: 5000, limit: 2 }, [1100, 1099]],
      [{ direction: "backward", from: 103, to: 98 }, range(103, 98)],
      [{ direction: "backward", from: 11, to: 2, limit: 3 }, [11, 10, 9]],
      [{ direction: "backward", from: 10, to: 20 }, []],
    ])("[D6] [D8] a stream read with %j", async (options, expected) => {
      expect(await versions(options)).toEqual(expected);
    });

    test("[D8] all pages of a stream together are the stream, both ways, whatever the size of a page", async () => {
      for (const limit of [7, 550, 1000]) {
        const forward = await all(readStreamAll(store, long, { limit }));
        const backward = await all(readStreamAll(store, long, { limit, direction: "backward" }));
        expect(forward.map(({ version }) => version)).toEqual(range(1, 1100));
        expect(backward).toEqual(forward.toReversed());
      }
    });

    test("[D11] the whole log is read in pages by position, each event once, and the last position is the head", async () => {
      const log = await all(readLog(store));
      expect(log).toHaveLength(1110);
      expect(log.every(({ position }, index) => position > (log[index - 1]?.position ?? 0))).toBe(true);
      expect(log.at(-1)?.position).toBe(await store.head());
      expect(await all(readLog(store, 0, { limit: 13 }))).toEqual(log);
      const middle = log[500];
      expect(await store.readAll(middle?.position ?? 0, 2)).toEqual(log.slice(501, 503));
      expect(await store.readAll(await store.head())).toEqual([]);
      expect(await store.readAll((await store.head()) + 1_000_000)).toEqual([]);
    });

    test("a generator stops when its signal says so", async () => {
      const stop = new AbortController();
      const reading = async (): Promise<void> => {
        for await (const { version } of readStreamAll(store, long, { limit: 10, signal: stop.signal })) if (version === 15) stop.abort();
      };
      await expect(reading()).rejects.toMatchObject({ name: "AbortError" });
      await expect(all(readLog(store, 0, { signal: stop.signal }))).rejects.toMatchObject({ name: "AbortError" });
    });
  });

  describe("reading", () => {
    const store = sharedStore(subject);

    test("a new store is empty", async () => {
      await withStore(subject, async (empty) => {
        expect(await empty.head()).toBe(0);
        expect(await empty.readAll(0)).toEqual([]);
        expect(await empty.listStreams()).toEqual([]);
        expect(await empty.statistics()).toMatchObject({
          event_count: 0,
          aggregate_count: 0,
          snapshot_count: 0,
          aggregate_types: {},
          event_types: {},
        });
      });
    });

    test("[D2] a stream without events is an empty page and stands at 0", async () => {
      const stream = freshRef();
      expect(await store().readStream(stream)).toEqual([]);
      expect(await store().readStream(stream, { direction: "backward" })).toEqual([]);
      expect(await store().heads([stream])).toEqual([{ version: 0, ended: false }]);
      expect(await store().heads([])).toEqual([]);
    });

    test("[D6] [D7] streams whose names begin one another, or differ only in case, are strangers to each other", async () => {
      const base = freshId();
      const refs = [`${base}.1`, `${base}.10`, `${base}.1.a`, `${base}.1-`, `${base}.1_`, `${base}.A`, `${base}.a`, base].map((id) =>
        ref("t", id),
      );
      refs.push(ref("t.u", base), ref("T", base), ref("t-", base));
      for (const [index, stream] of refs.entries()) await accepted(store(), commitOf(stream, 0, index + 1));
      expect((await store().heads(refs)).map(({ version }) => version)).toEqual(refs.map((_, index) => index + 1));
      for (const [index, stream] of refs.entries()) {
        const events = await store().readStream(stream);
        expect(events).toHaveLength(index + 1);
        expect(events.every((event) => pathOf(event.stream) === pathOf(stream))).toBe(true);
      }
    });

    test("the longest names that are allowed work", async () => {
      const stream = ref("t".repeat(32), freshId().padEnd(128, "x"));
      await accepted(store(), commitOf(stream, 0));
      expect(await store().readStream(stream)).toHaveLength(1);
      expect(await store().listStreams({ type: stream.type })).toEqual([stream]);
    });

    test("streams are listed once each, in the order of their paths, by page and by type", async () => {
      await withStore(subject, async (own) => {
        const names = ["a/2", "a/10", "a/1", "a.b/1", "a-b/1", "ab/1", "B/1", "a/1.1", "a0/1"];
        const refs = names.map((name) => ref(name.slice(0, name.indexOf("/")), name.slice(name.indexOf("/") + 1)));
        for (const stream of refs) await accepted(own, commitOf(stream, 0, 2));
        const sorted = names.toSorted();
        expect((await own.listStreams()).map(pathOf)).toEqual(sorted);
        const paged: string[] = [];
        for (let after = ""; ; after = paged.at(-1) ?? "") {
          const page = await own.listStreams({ after, limit: 2 });
          paged.push(...page.map(pathOf));
          if (page.length < 2) break;
        }
        expect(paged).toEqual(sorted);
        expect((await own.listStreams({ type: "a" })).map(pathOf)).toEqual(["a/1", "a/1.1", "a/10", "a/2"]);
        expect((await own.listStreams({ type: "a", after: "a/1.1", limit: 1 })).map(pathOf)).toEqual(["a/10"]);
        expect(await own.listStreams({ type: "none" })).toEqual([]);
      });
    });

    test("reads give the bytes of the canonical encoding, followed by white space at most", async () => {
      const stream = freshRef();
      const event = newEvent("RoomCreated", { z: 1, a: [1e21, 0.1, "\u2028é\u0000", null], "": { "10": 1, "9": 2 } });
      await accepted(store(), commitOf(stream, 0, [event, event]));
      const [first, second] = await store().readStream(stream);
      expect(
        Buffer.from(first?.bytes ?? [])
          .toString()
          .trimEnd(),
      ).toBe(encodeEvent(stream, 1, event));
      expect(
        Buffer.from(second?.bytes ?? [])
          .toString()
          .trimEnd(),
      ).toBe(encodeEvent(stream, 2, event));
      const fromLog = await store().readAll((first?.position ?? 1) - 1, 2);
      expect(fromLog).toEqual([first, second]);
    });

    test("[D13] [D15] any JSON comes back as it was given: keys, strings and numbers of all kinds", async () => {
      const value = fc.jsonValue({ stringUnit: "binary" }).map((json) => JSON.parse(JSON.stringify(json, withoutProto)) as Json);
      await fc.assert(
        fc.asyncProperty(fc.array(value, { minLength: 1, maxLength: 5 }), async (values) => {
          const stream = freshRef();
          const events = values.map((data) => newEvent("GameObjectAttributeUpdated", data));
          const id = freshId();
          await accepted(store(), { ...commitOf(stream, 0, events), command: { id, outcome: values } });
          const read = await store().readStream(stream);
          expect(read.map(({ data }) => data)).toEqual(values);
          expect(read.map(({ meta, id: eventId }) => ({ meta, id: eventId }))).toEqual(
            events.map(({ meta, id: eventId }) => ({ meta, id: eventId })),
          );
          expect((await store().outcomes([id]))[0]?.outcome).toEqual(values);
        }),
        { numRuns: 50 },
      );
    });
  });
}

/** What the kernel does not take for JSON is left out of the samples. */
function withoutProto(_key: string, value: unknown): unknown {
  if (typeof value === "string") return value.toWellFormed();
  if (value === null || typeof value !== "object" || Array.isArray(value)) return value;
  return Object.fromEntries(Object.entries(value).flatMap(([key, inner]) => (key === "__proto__" ? [] : [[key.toWellFormed(), inner]])));
}
