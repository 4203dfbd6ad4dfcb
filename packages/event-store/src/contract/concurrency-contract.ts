import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { ref } from "@aethyr/kernel";
import type { ExpectedVersion } from "../expected-version.ts";
import { countEvents } from "../prepare.ts";
import { readLog, readStreamAll } from "../read-all.ts";
import type { EventStoreSubject } from "./event-store-contract.ts";
import { all, codeOf, freshId, freshRef, newEvent, write } from "./samples.ts";
import { sharedStore } from "./shared-store.ts";

/** What a random writer wants of a stream: a guess at its version, or a mode. */
const someWrite = fc.record({
  stream: fc.nat(3),
  expected: fc.oneof(fc.nat(6), fc.constantFrom<ExpectedVersion>("any", "no-stream", "stream-exists")),
  events: fc.integer({ min: 1, max: 3 }),
});
const someCommit = fc.uniqueArray(someWrite, { selector: ({ stream }) => stream, minLength: 1, maxLength: 3 });
const calls = fc.array(fc.array(someCommit, { minLength: 1, maxLength: 3 }), { minLength: 1, maxLength: 12 });

export function concurrencyContract(subject: EventStoreSubject): void {
  describe("concurrent appends", () => {
    const store = sharedStore(subject);

    test("[G1] [G5] [D3] versions run 1…n without gap, and each commit is there in whole or not at all, in one piece", async () => {
      await fc.assert(
        fc.asyncProperty(calls, async (plan) => {
          const world = freshId();
          const start = await store().head();
          const streams = [0, 1, 2, 3].map((number) => ref("room", `${world}.${number}`));
          const of = (number: number) => streams[number] ?? ref("room", world);
          const made = plan.flatMap((call, callIndex) =>
            call.map((writes, index) => {
              const id = `${callIndex}.${index}`;
              return {
                id,
                call: callIndex,
                writes: writes.map(({ stream, expected, events }) =>
                  write(
                    of(stream),
                    expected,
                    Array.from({ length: events }, () => newEvent(id)),
                  ),
                ),
              };
            }),
          );
          const results = (await Promise.all(plan.map((_, call) => store().append(made.filter((commit) => commit.call === call))))).flat();

          const log = await all(readLog(store(), start));
          const accepted = new Set(made.filter((_, index) => results[index]?.ok).map(({ id }) => id));
          expect(new Set(log.map(({ type }) => type))).toEqual(accepted);
          for (const [index, { id, writes }] of made.entries()) {
            const result = results[index];
            if (!result?.ok) continue;
            const positions = log.flatMap(({ type }, at) => (type === id ? [at] : []));
            const count = countEvents([{ writes }]);
            expect(positions).toEqual(Array.from({ length: count }, (_, offset) => (positions[0] ?? 0) + offset));
            expect(log[positions.at(-1) ?? -1]?.position).toBe(result.position);
          }
          for (const stream of streams) {
            const versions = (await all(readStreamAll(store(), stream))).map(({ version }) => version);
            expect(versions).toEqual(versions.map((_, index) => index + 1));
            expect(await store().heads([stream])).toEqual([{ version: versions.length, ended: false }]);
          }
        }),
        { numRuns: 40 },
      );
    });

    test("[D1] of many writers that expect the same version exactly one is taken, round after round", async () => {
      const stream = freshRef();
      for (let version = 0; version < 10; version += 1) {
        const results = await Promise.all(Array.from({ length: 8 }, () => store().append([{ writes: [write(stream, version)] }])));
        const codes = results.flat().map(codeOf);
        expect(codes.filter((code) => code === "ok")).toHaveLength(1);
        expect(codes.filter((code) => code === "wrong_expected_version")).toHaveLength(7);
      }
    });

    test("[D6] the global order grows with every event and agrees with the order of every stream", async () => {
      const start = await store().head();
      const streams = Array.from({ length: 5 }, () => freshRef());
      await Promise.all(
        streams.flatMap((stream) => Array.from({ length: 20 }, () => store().append([{ writes: [write(stream, "any", 2)] }]))),
      );
      const log = await all(readLog(store(), start, { limit: 7 }));
      expect(log).toHaveLength(200);
      expect(log.every(({ position }, index) => position > (log[index - 1]?.position ?? start))).toBe(true);
      for (const stream of streams) {
        const own = log.filter((event) => event.stream.id === stream.id);
        expect(own.map(({ version }) => version)).toEqual(Array.from({ length: 40 }, (_, index) => index + 1));
      }
    });

    test("an append that was answered is seen by every read that begins afterwards", async () => {
      const stream = freshRef();
      for (let version = 0; version < 30; version += 1) {
        const [result] = await store().append([{ writes: [write(stream, version)] }]);
        const [[head], events, position] = await Promise.all([
          store().heads([stream]),
          store().readStream(stream, { from: version + 1 }),
          store().head(),
        ]);
        expect(head?.version).toBe(version + 1);
        expect(events).toHaveLength(1);
        expect(result).toMatchObject({ ok: true, position });
      }
    });
  });
}
