import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { startLocalCluster, type LocalCluster } from "@aethyr/local-cluster";
import { ensureServer, requirePostgres } from "@aethyr/servers";
import { afterAll, beforeAll, describe, expect, test } from "vitest";

const isHere = [await ensureServer("nats"), await ensureServer("immudb"), await requirePostgres()].every((path) => path !== undefined);

/** Only where the process runs on Linux. */
const ofLinux = /^process_(open_fds|max_fds|virtual_memory_bytes|heap_bytes)$/;

describe.skipIf(!isHere)("the metrics of a real cluster", () => {
  let cluster: LocalCluster;
  let folder: string;
  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), "aethyr-metrics-"));
    cluster = await startLocalCluster({
      folder,
      world: "skerrow",
      hosts: 1,
      gateways: 1,
      partitions: 4,
      progress: () => undefined,
      onLine: () => undefined,
      onEnd: () => undefined,
    });
  }, 300_000);
  afterAll(async () => {
    await cluster?.close();
    await rm(folder, { recursive: true, force: true, maxRetries: 5 });
  }, 60_000);

  test("their names are those in metrics.txt, which alerts and dashboards are held against", async () => {
    const lines: string[] = [];
    for (const { kind, facts } of cluster.services.values()) {
      const response = await fetch(`${String(facts()["status"])}/metrics`);
      expect(response.status).toBe(200);
      for (const [, name = "", type] of (await response.text()).matchAll(/^# TYPE (\S+) (\S+)$/gm))
        if (!ofLinux.test(name)) lines.push(`${kind} ${name} ${type}`);
    }
    // After a change: npx -y pnpm test infra/prometheus/src/metrics -u
    await expect(`${lines.sort().join("\n")}\n`).toMatchFileSnapshot("../metrics.txt");
  });
});
