import { AethyrError } from "@aethyr/kernel";
import { expect, test } from "vitest";
import { whileStarting } from "./while-starting.ts";

const inUse = new AethyrError("data_folder_in_use", "in use");

/** Fails so many times, then opens. */
function opening(failures: number, error: unknown = inUse) {
  const counts = { attempts: 0, told: 0 };
  const open = async (): Promise<string> => {
    counts.attempts += 1;
    if (counts.attempts <= failures) throw error;
    return "open";
  };
  const run = async (waitMs: number, signal = new AbortController().signal): Promise<string> =>
    whileStarting(open, { waitMs, signal, onWait: () => (counts.told += 1) });
  return { counts, run };
}

test("what opens at once is not waited for", async () => {
  const { counts, run } = opening(0);
  await expect(run(10_000)).resolves.toBe("open");
  expect(counts).toEqual({ attempts: 1, told: 0 });
});

test("a folder in use is tried again until it opens, and the person is told once", async () => {
  const { counts, run } = opening(2);
  await expect(run(60_000)).resolves.toBe("open");
  expect(counts).toEqual({ attempts: 3, told: 1 });
});

test("when the time is over, its last failure stands", async () => {
  const { counts, run } = opening(Number.POSITIVE_INFINITY);
  await expect(run(0)).rejects.toBe(inUse);
  expect(counts).toEqual({ attempts: 1, told: 0 });
});

test("any other failure stands at once", async () => {
  const other = new AethyrError("foreign_store", "not ours");
  const { counts, run } = opening(1, other);
  await expect(run(60_000)).rejects.toBe(other);
  expect(counts.attempts).toBe(1);
});

test("a signal ends the waiting", async () => {
  const ending = new AbortController();
  const { counts, run } = opening(Number.POSITIVE_INFINITY);
  const waiting = run(60_000, ending.signal);
  ending.abort();
  await expect(waiting).rejects.toMatchObject({ name: "AbortError" });
  expect(counts.attempts).toBe(1);
});
