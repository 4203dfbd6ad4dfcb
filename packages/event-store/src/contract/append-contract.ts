import { describe, expect, test } from "vitest";
import { pathOf } from "@aethyr/kernel";
import { StreamEndedError, WrongExpectedVersionError } from "../errors.ts";
import type { ExpectedVersion } from "../expected-version.ts";
import type { EventStoreSubject } from "./event-store-contract.ts";
import { accepted, appendOne, codeOf, commitOf, freshId, freshRef, newEvent, newEvents, versionOf, write } from "./samples.ts";
import { sharedStore } from "./shared-store.ts";

export function appendContract(subject: EventStoreSubject): void {
  describe("append", () => {
    const store = sharedStore(subject);

    const modes: readonly (readonly [ExpectedVersion, before: number, ok: boolean])[] = [
      [0, 0, true],
      [0, 1, false],
      [2, 2, true],
      [2, 1, false],
      [2, 3, false],
      ["no-stream", 0, true],
      ["no-stream", 1, false],
      ["stream-exists", 0, false],
      ["stream-exists", 2, true],
      ["any", 0, true],
      ["any", 3, true],
    ];
    test.each(modes)("[D1] a write that expects %s of a stream at version %i is made: %s", async (expected, before, ok) => {
      const stream = freshRef();
      if (before > 0) await accepted(store(), commitOf(stream, 0, before));
      const result = await appendOne(store(), commitOf(stream, expected, 2));
      expect(result.ok).toBe(ok);
      if (result.ok) expect(result.versions).toEqual([before + 2]);
      else
        expect(result.error).toMatchObject({
          code: "wrong_expected_version",
          stream,
          actual: before,
          details: { stream: pathOf(stream), expected, actual: before },
        });
      expect(await versionOf(store(), stream)).toBe(ok ? before + 2 : before);
    });

    test("a commit answers the position of its last event and the version of each stream it wrote, in its order", async () => {
      const [a, b] = [freshRef("player"), freshRef("room")];
      const first = await accepted(store(), { writes: [write(b, 0, 2), write(a, 0, 3)] });
      expect(first.versions).toEqual([2, 3]);
      expect((await store().readStream(a)).at(-1)?.position).toBe(first.position);
      const second = await accepted(store(), commitOf(b, 2));
      expect(second.position).toBeGreaterThan(first.position);
      expect(await store().head()).toBe(second.position);
    });

    test("[G5] [D5] one write of a commit that is not where it is expected keeps all of them away", async () => {
      const [a, b, c] = [freshRef(), freshRef(), freshRef()];
      const head = await store().head();
      const result = await appendOne(store(), { writes: [write(a, 0), write(b, 5), write(c, "any")] });
      expect(!result.ok && result.error).toBeInstanceOf(WrongExpectedVersionError);
      expect(await store().heads([a, b, c])).toEqual([0, 0, 0].map((version) => ({ version, ended: false })));
      expect(await store().head()).toBe(head);
    });

    test("[G5] an assert that does not hold keeps the whole commit away", async () => {
      const [written, read] = [freshRef(), freshRef()];
      await accepted(store(), commitOf(read, 0, 2));
      const result = await appendOne(store(), { writes: [write(written, 0)], asserts: [{ stream: read, expect: 1 }] });
      expect(!result.ok && result.error).toMatchObject({ code: "wrong_expected_version", stream: read, actual: 2 });
      expect(await versionOf(store(), written)).toBe(0);
    });

    test("an assert holds by version, 0 being a stream without events, and does not write", async () => {
      const [written, read, absent] = [freshRef(), freshRef(), freshRef()];
      await accepted(store(), commitOf(read, 0, 2));
      await accepted(store(), {
        writes: [write(written, 0)],
        asserts: [
          { stream: read, expect: 2 },
          { stream: absent, expect: 0 },
        ],
      });
      expect(await versionOf(store(), read)).toBe(2);
      const late = await appendOne(store(), { writes: [write(written, 1)], asserts: [{ stream: read, expect: 0 }] });
      expect(codeOf(late)).toBe("wrong_expected_version");
    });

    test("`alive` holds for a stream with events, whatever its version, until it ends", async () => {
      const [written, room] = [freshRef(), freshRef()];
      const entering = (expected: number) =>
        appendOne(store(), { writes: [write(written, expected)], asserts: [{ stream: room, expect: "alive" }] });
      expect(await entering(0)).toMatchObject({ ok: false, error: { code: "wrong_expected_version", actual: 0 } });
      await accepted(store(), commitOf(room, 0, 1));
      expect((await entering(0)).ok).toBe(true);
      await accepted(store(), commitOf(room, 1, 4));
      expect((await entering(1)).ok).toBe(true);
      await accepted(store(), { writes: [write(room, 5, 1, true)] });
      const refused = await entering(2);
      expect(!refused.ok && refused.error).toBeInstanceOf(StreamEndedError);
      expect(await versionOf(store(), written)).toBe(2);
    });

    test.each([1, "stream-exists", "any", "no-stream"] as const)(
      "[D31] a stream that has ended takes no more events, not even where %s is expected",
      async (expected) => {
        const stream = freshRef();
        await accepted(store(), { writes: [write(stream, 0, 1, true)] });
        const result = await appendOne(store(), commitOf(stream, expected));
        expect(!result.ok && result.error).toMatchObject({ code: "stream_ended", stream, actual: 1 });
        expect(await store().heads([stream])).toEqual([{ version: 1, ended: true }]);
      },
    );

    test("an ended stream may still be asserted by its version", async () => {
      const [written, ended] = [freshRef(), freshRef()];
      await accepted(store(), { writes: [write(ended, 0, 1, true)] });
      const asserting = (expect: number) => appendOne(store(), { writes: [write(written, "any")], asserts: [{ stream: ended, expect }] });
      expect(codeOf(await asserting(1))).toBe("ok");
      expect(codeOf(await asserting(2))).toBe("wrong_expected_version");
    });

    test("commits of one append see those before them; one that is refused concerns only those that build on it", async () => {
      const [a, b, c] = [freshRef(), freshRef(), freshRef()];
      const results = await store().append([
        commitOf(a, 0, 2),
        commitOf(a, 2), // builds on the first
        commitOf(b, 7), // refused
        commitOf(b, 8), // builds on the refused one
        { writes: [write(c, 0)], asserts: [{ stream: b, expect: 8 }] }, // reads what the refused one would have written
        { writes: [write(c, 0)], asserts: [{ stream: a, expect: 3 }] },
        { writes: [write(a, 3, 1, true)] },
        { writes: [write(b, 0)], asserts: [{ stream: a, expect: "alive" }] }, // ended just before
        commitOf(a, 4),
        commitOf(b, 0),
      ]);
      expect(results.map(codeOf)).toEqual([
        "ok",
        "ok",
        "wrong_expected_version",
        "wrong_expected_version",
        "wrong_expected_version",
        "ok",
        "ok",
        "stream_ended",
        "stream_ended",
        "ok",
      ]);
      expect(await store().heads([a, b, c])).toEqual([
        { version: 4, ended: true },
        { version: 1, ended: false },
        { version: 1, ended: false },
      ]);
      const positions = results.flatMap((result) => (result.ok ? [result.position] : []));
      expect(positions).toEqual([...positions].sort((x, y) => x - y));
    });

    test("[G5] a commit that was decided on top of a refused one is refused too, though somebody else brought the stream to its version", async () => {
      const [a, b] = [freshRef(), freshRef()];
      await accepted(store(), commitOf(a, 0, 2));
      const [first, second, third, fourth, fifth] = [freshId(), freshId(), freshId(), freshId(), freshId()];
      const by = (id: string) => ({ command: { id, outcome: null } });
      const results = await store().append([
        { writes: [write(a, 1)], ...by(first) }, // overtaken: it expected its own event to be version 2
        { writes: [{ ...write(a, 2), after: first }], ...by(second) },
        { writes: [write(b, 0)], asserts: [{ stream: a, expect: 2, after: first }], ...by(third) },
        { writes: [write(a, 2)], ...by(fourth) },
        { writes: [{ ...write(a, 3), after: fourth }], ...by(fifth) },
        { writes: [write(b, 0)], asserts: [{ stream: a, expect: 4, after: fifth }], ...by(freshId()) },
      ]);
      expect(results.map(codeOf)).toEqual(["wrong_expected_version", "wrong_expected_version", "wrong_expected_version", "ok", "ok", "ok"]);
    });

    test("no commits append nothing", async () => {
      const head = await store().head();
      expect(await store().append([])).toEqual([]);
      expect(await store().head()).toBe(head);
    });

    test("the events of a commit are read back as they were given, in order", async () => {
      const stream = freshRef();
      const events = [newEvent("RoomCreated", { name: "Hall" }), ...newEvents(3, "RoomExitAdded")];
      await accepted(store(), commitOf(stream, 0, events));
      const read = await store().readStream(stream);
      expect(read.map(({ bytes: _bytes, position: _position, ...event }) => event)).toEqual(
        events.map((event, index) => ({ ...event, stream, version: index + 1 })),
      );
    });

    if (subject.reopen) {
      const { reopen } = subject;
      test("[G2] what was answered is there when the store is opened again, ended streams too", async () => {
        const before = await subject.open();
        const [a, b] = [freshRef(), freshRef()];
        const { position } = await accepted(before, { writes: [write(a, 0, 3), write(b, 0, 1, true)] });
        const after = await reopen(before);
        try {
          expect(await after.head()).toBe(position);
          expect(await after.heads([a, b])).toEqual([
            { version: 3, ended: false },
            { version: 1, ended: true },
          ]);
          expect(codeOf(await appendOne(after, commitOf(a, 2)))).toBe("wrong_expected_version");
          expect(codeOf(await appendOne(after, commitOf(b, 1)))).toBe("stream_ended");
          const next = await accepted(after, commitOf(a, 3));
          expect(next.position).toBeGreaterThan(position);
        } finally {
          await after.close();
        }
      });
    }
  });
}
