import { expect, test } from "vitest";
import { createGate } from "./gate.ts";

test("as many as the gate is wide run at a time, in order, whether they succeed or not", async () => {
  const gate = createGate(2);
  const begun: number[] = [];
  const ends: (() => void)[] = [];
  const work = (number: number) => () =>
    new Promise<number>((resolve, reject) => {
      begun.push(number);
      ends.push(() => (number === 1 ? reject(new Error("one")) : resolve(number)));
    });
  const runs = [0, 1, 2, 3].map((number) => gate(work(number)).catch(() => -1));
  await Promise.resolve();
  expect(begun).toEqual([0, 1]);
  ends[1]?.();
  await runs[1];
  expect(begun).toEqual([0, 1, 2]);
  ends[0]?.();
  ends[2]?.();
  await runs[2];
  ends[3]?.();
  expect(await Promise.all(runs)).toEqual([0, -1, 2, 3]);
});
