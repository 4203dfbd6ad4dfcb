import { mkdtempSync, readdirSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { ensureServer } from "@aethyr/servers";
import { afterAll, describe, expect, test } from "vitest";
import { faults } from "./faults/index.ts";
import { runRound } from "./run-round.ts";

const immudb = await ensureServer("immudb");
const seed = 4;

const work = mkdtempSync(join(tmpdir(), "aethyr-faults-test-"));
afterAll(() => {
  expect(readdirSync(work)).toEqual([]);
  rmSync(work, { recursive: true });
});

describe.skipIf(immudb === undefined)("a real immudb, one short round of each fault", () => {
  const tested = faults.filter(({ once }) => once !== true);
  test.for(tested.map((fault) => [fault.holds, fault] as const))("%s", async ([, fault], context) => {
    const directory = join(work, fault.name);
    const { counts, skipped } = await runRound({ fault, seed, number: 1, directory, long: false, progress: () => undefined });
    if (skipped !== undefined) {
      process.stderr.write(`\n*** NOT TESTED: ${fault.holds}; ${skipped}\n\n`);
      context.skip(skipped);
    }
    // Something was done, or nothing was tested.
    expect(Object.values(counts).every((count) => Number.isFinite(count))).toBe(true);
    expect(counts["events"] ?? counts["refused"]).toBeGreaterThan(0);
  });
});
