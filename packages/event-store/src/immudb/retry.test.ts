import { expect, test } from "vitest";
import { pauseAfter, retrying, type Surroundings } from "./retry.ts";

/** Time that passes by waiting alone, and a record of the waits. */
function clock(random = 0.5): Surroundings & { readonly waited: readonly number[] } {
  const waited: number[] = [];
  let time = 0;
  return {
    waited,
    now: () => time,
    random: () => random,
    pause: async (ms) => {
      waited.push(ms);
      time += ms;
    },
  };
}

const mayPass = (error: unknown): boolean => (error as Error).message === "busy";
const failing = (...messages: readonly string[]) => {
  const left: number[] = [];
  let failures = 0;
  return {
    left,
    work: async (leftMs: number): Promise<string> => {
      left.push(leftMs);
      const message = messages[failures];
      failures += 1;
      if (message !== undefined) throw new Error(message);
      return "done";
    },
  };
};

test("what may pass is tried again, with doubling pauses, and told what time is left", async () => {
  const surroundings = clock();
  const { work, left } = failing("busy", "busy", "busy", "busy");
  expect(await retrying(work, { withinMs: 10_000, mayPass }, surroundings)).toBe("done");
  expect(surroundings.waited).toEqual([100, 200, 400, 800]);
  expect(left).toEqual([10_000, 9_900, 9_700, 9_300, 8_500]);
});

test("five attempts are enough, and the last failure is told", async () => {
  const { work, left } = failing(...Array.from({ length: 9 }, () => "busy"));
  await expect(retrying(work, { withinMs: 60_000, mayPass }, clock())).rejects.toThrow("busy");
  expect(left).toHaveLength(5);
});

test("what will not pass is told at once", async () => {
  const { work, left } = failing("busy", "wrong password");
  await expect(retrying(work, { withinMs: 10_000, mayPass }, clock())).rejects.toThrow("wrong password");
  expect(left).toHaveLength(2);
});

test("nothing is tried beyond the time of the call", async () => {
  const { work, left } = failing("busy", "busy", "busy", "busy");
  await expect(retrying(work, { withinMs: 250, mayPass }, clock())).rejects.toThrow("busy");
  expect(left).toEqual([250, 150]);
});

test("pauses double from 100 ms up to 5 s, a fifth shorter or longer", () => {
  expect([1, 2, 3, 6, 7, 8, 20].map((failures) => pauseAfter(failures, () => 0.5))).toEqual([100, 200, 400, 3_200, 5_000, 5_000, 5_000]);
  expect(pauseAfter(1, () => 0)).toBe(80);
  expect(pauseAfter(1, () => 0.999_999)).toBeCloseTo(120, 3);
});
