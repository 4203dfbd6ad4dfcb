import type { RecordedEvent } from "@aethyr/kernel";
import type { WorldStats } from "@aethyr/operator";
import { expect, test } from "vitest";
import { beforeNewest } from "./before-newest.ts";

const logs: Readonly<Record<string, readonly number[]>> = {
  "an empty log": [],
  "a log of one": [1024],
  "a log without holes": Array.from({ length: 500 }, (_, index) => index + 1),
  "a log of single commits": Array.from({ length: 300 }, (_, index) => (index + 1) * 1024),
  "a log of large and small commits": Array.from({ length: 60 }, (_, tx) =>
    Array.from({ length: 1 + ((tx * 7) % 90) }, (_, index) => (tx + 1) * 1024 + index),
  ).flat(),
  "a log with a very large hole": [1, 2, 3, 9_000_000_000_000, 9_000_000_000_001],
};

test.each(Object.entries(logs))("in %s exactly the newest events stand after the position that it finds", async (_, positions) => {
  const signal = new AbortController().signal;
  const operations = {
    worldStats: async () => ({ head: positions.at(-1) ?? 0 }) as WorldStats,
    async *tailEvents({ after = 0 }) {
      for (const position of positions) if (position > after) yield { position } as RecordedEvent;
    },
  };
  for (const count of [0, 1, 2, 3, 10, 100, 1_000]) {
    const after = await beforeNewest(operations, count, signal);
    expect(positions.filter((position) => position > after)).toEqual(count === 0 ? [] : positions.slice(-count));
  }
});

test("a signal ends the search", async () => {
  const operations = { worldStats: async () => ({ head: 5 }) as WorldStats, async *tailEvents() {} };
  await expect(beforeNewest(operations, 1, AbortSignal.abort(new Error("enough")))).rejects.toThrow("enough");
});
