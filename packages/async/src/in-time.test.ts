import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { inTime } from "./in-time.ts";

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

test("what is there in time is given, as a value or as a failure, and no timer is left", async () => {
  await expect(inTime(Promise.resolve("there"), 1_000)).resolves.toBe("there");
  await expect(inTime(Promise.reject(new Error("broken")), 1_000)).rejects.toThrow("broken");
  expect(vi.getTimerCount()).toBe(0);
});

test("work that takes longer is not waited for, and its failure troubles nobody", async () => {
  const work = Promise.withResolvers<string>();
  const waiting = inTime(work.promise, 1_000);
  await vi.advanceTimersByTimeAsync(999);
  expect(vi.getTimerCount()).toBe(1);
  await vi.advanceTimersByTimeAsync(1);
  await expect(waiting).resolves.toBeUndefined();
  // Would be an unhandled rejection, which fails the run.
  work.reject(new Error("late"));
});
