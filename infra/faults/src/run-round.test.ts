import { existsSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, describe, expect, test } from "vitest";
import type { Fault } from "./fault.ts";
import { choicesOf } from "./random.ts";
import { runRound } from "./run-round.ts";

const work = mkdtempSync(join(tmpdir(), "aethyr-faults-test-"));
afterAll(() => rmSync(work, { recursive: true }));

const faultOf = (run: Fault["run"]): Fault => ({ name: "made-up", about: "", holds: "", run });
const roundOf = (fault: Fault, signal?: AbortSignal) =>
  runRound({
    fault,
    seed: 1,
    number: 1,
    directory: join(work, "round"),
    long: false,
    progress: () => undefined,
    ...(signal ? { signal } : {}),
  });

describe("a round", () => {
  test("has a folder of its own, which goes with it", async () => {
    let found = false;
    await roundOf(
      faultOf(async ({ directory }) => {
        writeFileSync(join(directory, "data"), "");
        found = existsSync(directory);
        return { counts: {} };
      }),
    );
    expect(found).toBe(true);
    expect(readdirSync(work)).toEqual([]);
  });
  test("cleans up what it started, the last first, where it fails as well", async () => {
    const cleaned: number[] = [];
    const failing = faultOf(async ({ later }) => {
      for (const number of [1, 2, 3]) later(() => cleaned.push(number));
      throw new Error("broken");
    });
    await expect(roundOf(failing)).rejects.toThrow("broken");
    expect(cleaned).toEqual([3, 2, 1]);
  });
  test("ends when it is told to, and cleans up", async () => {
    const stop = new AbortController();
    let cleaned = false;
    const endless = faultOf(({ later }) => {
      later(() => (cleaned = true));
      setImmediate(() => stop.abort(new Error("stopped")));
      return Promise.withResolvers<never>().promise;
    });
    await expect(roundOf(endless, stop.signal)).rejects.toThrow("stopped");
    expect(cleaned).toBe(true);
  });
});

test("choices follow from the seed, the fault and the round", () => {
  const first = (seed: number, fault: string, round: number) => choicesOf(seed, fault, round)(1_000_000);
  expect(first(1, "fire", 1)).toBe(first(1, "fire", 1));
  expect(new Set([first(1, "fire", 1), first(2, "fire", 1), first(1, "flood", 1), first(1, "fire", 2)]).size).toBe(4);
});
