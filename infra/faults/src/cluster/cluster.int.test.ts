import { chmodSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { ensureServer, requirePostgres } from "@aethyr/servers";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { clusterFaults } from "./faults/index.ts";
import { runClusterRound } from "./run-cluster-round.ts";
import { openStage, type Stage } from "./stage.ts";

const isHere = [await ensureServer("nats"), await ensureServer("immudb"), await requirePostgres()].every((path) => path !== undefined);
const seed = 6;
/** One of each kind: all of them take many minutes, see `npx -y pnpm faults --cluster`. */
const names: ReadonlySet<string> = new Set(["host-zombie", "host-stutters", "relay-killed", "nats-killed", "immudb-line-black-hole"]);

describe.skipIf(!isHere)("a whole cluster under load, one round of some faults", () => {
  let stage: Stage;
  const work = mkdtempSync(join(tmpdir(), "aethyr-faults-test-"));
  // PostgreSQL refuses to run as root, and has its folder below this one.
  chmodSync(work, 0o711);
  beforeAll(async () => {
    stage = await openStage(join(work, "cluster"), 1);
  }, 300_000);
  afterAll(async () => {
    await stage?.close();
    rmSync(work, { recursive: true, force: true, maxRetries: 10, retryDelay: 100 });
  }, 120_000);

  const tested = clusterFaults.filter(({ name }) => names.has(name));
  test.for(tested.map((fault) => [fault.about, fault] as const))(
    "[G1][G2][G3][G4][G5][G6][G7][G8] %s: nothing is lost, doubled, gapped or reordered, things stay whole, feed and read models are the log",
    { timeout: 600_000 },
    async ([, fault]) => {
      const counts = await runClusterRound({ stage, fault, seed, number: 1, progress: () => undefined });
      // Something was done, or nothing was tested.
      expect(counts["commands"]).toBeGreaterThan(50);
    },
  );

  test("every fault has a name of its own", () => expect(new Set(clusterFaults.map(({ name }) => name)).size).toBe(clusterFaults.length));
});
