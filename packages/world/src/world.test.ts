import assert from "node:assert/strict";
import fc from "fast-check";
import { expect, test } from "vitest";
import { assertConserved } from "./testing/conservation.ts";
import { createSmallWorld, replayed } from "./testing/small-world.ts";
import { story } from "./testing/stories.ts";

test("[D30][D31] no thing is ever in two places or in none, in two slots, or inside itself", () =>
  fc.assert(
    fc.asyncProperty(story, async (commands) => {
      const small = createSmallWorld();
      for (const each of commands) {
        await small.send(each);
        assertConserved(small.snapshots());
      }
    }),
    { numRuns: 150 },
  ));

test("[D31] the same command on the state that it led to does nothing more", () =>
  fc.assert(
    fc.asyncProperty(story, async (commands) => {
      const small = createSmallWorld();
      for (const each of commands) {
        await small.send(each);
        const again = await small.send(each);
        assert.ok(again.kind !== "decided" || again.changes.length === 0, `${JSON.stringify(each)} again: ${JSON.stringify(again)}`);
      }
    }),
    { numRuns: 150 },
  ));

test("[G9] the events lead to the same state again", () =>
  fc.assert(
    fc.asyncProperty(story, async (commands) => {
      const small = createSmallWorld();
      for (const each of commands) await small.send(each);
      expect(replayed(small.history)).toEqual(small.snapshots());
    }),
    { numRuns: 100 },
  ));
