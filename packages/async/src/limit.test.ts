import { expect, test } from "vitest";
import { createLimit } from "./limit.ts";

test("as many as there may be run at a time, in order, whether they succeed or not", async () => {
  const limited = createLimit(2);
  const begun: number[] = [];
  const ends: (() => void)[] = [];
  const run = (number: number): Promise<number> =>
    limited(
      () =>
        new Promise<number>((resolve, reject) => {
          begun.push(number);
          ends.push(() => (number === 1 ? reject(new Error("one")) : resolve(number)));
        }),
    ).catch(() => -1);
  const runs = [0, 1, 2].map(run);
  await Promise.resolve();
  expect(begun).toEqual([0, 1]);
  ends[1]?.();
  await runs[1];
  expect(begun).toEqual([0, 1, 2]);
  // The place of the one that failed is taken: who comes now waits.
  runs.push(run(3));
  await Promise.resolve();
  expect(begun).toEqual([0, 1, 2]);
  ends[0]?.();
  ends[2]?.();
  await runs[2];
  ends[3]?.();
  expect(await Promise.all(runs)).toEqual([0, -1, 2, 3]);
  // All places are free again.
  runs.push(run(4), run(5), run(6));
  await Promise.resolve();
  expect(begun).toEqual([0, 1, 2, 3, 4, 5]);
});
