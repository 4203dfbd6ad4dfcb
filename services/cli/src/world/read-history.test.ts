import type { RecordedEvent } from "@aethyr/kernel";
import type { Operations } from "@aethyr/operator";
import { expect, test } from "vitest";
import { readHistory } from "./read-history.ts";

/** A stream of so many events, read as a store gives it: 1,000 at most. */
function streamOf(length: number): { readonly history: Operations["history"]; readonly asked: () => number } {
  let asked = 0;
  return {
    asked: () => asked,
    async history(stream, { from, limit = 1_000, direction = "forward" } = {}) {
      asked += 1;
      expect(limit).toBeLessThanOrEqual(1_000);
      const versions = Array.from({ length }, (_, index) => index + 1).filter(
        (version) => from === undefined || (direction === "forward" ? version >= from : version <= from),
      );
      const ordered = direction === "forward" ? versions : versions.toReversed();
      return ordered
        .slice(0, limit)
        .map((version) => ({ stream, version, meta: { correlation: version % 3 === 0 ? "third" : "other" } }) as RecordedEvent);
    },
  };
}

test.each([
  [0, {}, 0, undefined, undefined, 1],
  [999, {}, 999, 1, 999, 1],
  [1_000, {}, 1_000, 1, 1_000, 2],
  [2_500, {}, 2_500, 1, 2_500, 3],
  [2_500, { limit: 1_500 }, 1_500, 1, 1_500, 2],
  [2_500, { limit: 5 }, 5, 1, 5, 1],
  [2_500, { backward: true }, 2_500, 2_500, 1, 3],
  [2_000, { backward: true }, 2_000, 2_000, 1, 2],
  [2_500, { backward: true, limit: 1_001 }, 1_001, 2_500, 1_500, 2],
  [2_500, { story: "third" }, 833, 3, 2_499, 3],
  [2_500, { story: "third", limit: 5 }, 5, 3, 15, 1],
  [2_500, { story: "third", backward: true, limit: 400 }, 400, 2_499, 1_302, 2],
  [2_500, { story: "none" }, 0, undefined, undefined, 3],
])("of %i events, %j gives %i, from %s to %s, in %i pages", async (length, wish, count, first, last, pages) => {
  const stream = streamOf(length);
  const versions = (await readHistory(stream, { type: "room", id: "hall" }, wish)).map(({ version }) => version);
  expect([versions.length, versions[0], versions.at(-1), stream.asked()]).toEqual([count, first, last, pages]);
  expect(new Set(versions).size).toBe(count);
});
