import fc from "fast-check";
import { expect, test } from "vitest";
import { ref } from "@aethyr/kernel";
import { codeOf, newEvents } from "../contract/samples.ts";
import type { Commit, CommitResult } from "../event-store.ts";
import { createMemoryEventStore } from "../memory/memory-event-store.ts";
import { testFolders } from "../sqlite/testing/test-folders.ts";
import { drained, setUp } from "./testing/outage.ts";

const newFolder = testFolders();
const streams = ["a", "b", "c"].map((id) => ref("room", id));
const version = fc.nat(5);
const rarely = <T>(arbitrary: fc.Arbitrary<T>) => fc.oneof({ weight: 4, arbitrary: fc.constant(undefined) }, { weight: 1, arbitrary });
const after = rarely(fc.nat(40));
const commitPlan = fc.record({
  writes: fc.uniqueArray(
    fc.record({
      stream: fc.nat(2),
      expected: fc.oneof(
        { weight: 2, arbitrary: version },
        { weight: 4, arbitrary: fc.constant("any" as const) },
        { weight: 1, arbitrary: fc.constantFrom("no-stream", "stream-exists" as const) },
      ),
      events: fc.integer({ min: 1, max: 2 }),
      ends: fc.nat(40).map((chance) => chance === 0),
      after,
    }),
    { selector: ({ stream }) => stream, minLength: 1, maxLength: 2 },
  ),
  assert: rarely(fc.record({ stream: fc.nat(2), expect: fc.oneof(version, fc.constant("alive" as const)), after })),
  /** Several have the same id, some none. */
  command: fc.option(fc.nat(40), { nil: undefined }),
});
type Plan = typeof commitPlan extends fc.Arbitrary<infer T> ? T : never;

const idOf = (command: number): string => `command-${command}`;
const following = (command: number | undefined) => (command === undefined ? undefined : { after: idOf(command) });

function commitOf({ writes, assert, command }: Plan): Commit {
  const read = assert !== undefined && !writes.some(({ stream }) => stream === assert.stream) ? [assert] : [];
  return {
    writes: writes.map(({ stream, expected, events, ends, after: by }) => ({
      stream: streams[stream]!,
      expected,
      events: newEvents(events),
      ends,
      ...following(by),
    })),
    asserts: read.map(({ stream, expect: expected, after: by }) => ({ stream: streams[stream]!, expect: expected, ...following(by) })),
    ...(command !== undefined && { command: { id: idOf(command), outcome: command } }),
  };
}

const told = (result: CommitResult): unknown => (result.ok ? result.versions : codeOf(result));

test("[A18] [G1] [G5] what the journal answers is what the log would have, and with nobody else there it comes into the log as it was", async () => {
  let [taken, refused] = [0, 0];
  await fc.assert(
    fc.asyncProperty(fc.array(fc.array(commitPlan, { minLength: 1, maxLength: 4 }), { minLength: 1, maxLength: 20 }), async (calls) => {
      const { primary, store, world } = await setUp(newFolder());
      const model = createMemoryEventStore();
      await store.heads(streams);
      primary.mode = "away";
      for (const plans of calls) {
        const commits = plans.map(commitOf);
        const [answers, expected] = [await store.append(commits), await model.append(commits)];
        expect(answers.map(told)).toEqual(expected.map(told));
        taken += answers.filter(({ ok }) => ok).length;
        refused += answers.filter(({ ok }) => !ok).length;
      }
      primary.mode = "there";
      await drained(store);
      expect(await store.quarantined()).toEqual([]);
      for (const stream of streams) {
        const strip = async (log: typeof world) => (await log.readStream(stream)).map(({ id, version: at }) => [id, at]);
        expect(await strip(world)).toEqual(await strip(model));
      }
      expect(await world.heads(streams)).toEqual(await model.heads(streams));
      await store.close();
    }),
    { numRuns: 100 },
  );
  expect(Math.min(taken, refused)).toBeGreaterThan(300);
});
