import { canStartCluster, startTestCluster, type TestCluster } from "@aethyr/local-cluster/testing";
import { afterAll, beforeAll, describe, expect, test } from "vitest";

/** Only where the process runs on Linux. */
const ofLinux = /^process_(open_fds|max_fds|virtual_memory_bytes|heap_bytes)$/;

describe.skipIf(!(await canStartCluster()))("the metrics of a real cluster", () => {
  let cluster: TestCluster;
  beforeAll(async () => {
    cluster = await startTestCluster({ world: "skerrow", hosts: 1, gateways: 1, partitions: 4 });
  }, 300_000);
  afterAll(() => cluster?.close(), 60_000);

  test("their names are those in metrics.txt, which alerts and dashboards are held against", async () => {
    const lines: string[] = [];
    for (const service of cluster.services.values())
      for (const [, name = "", type] of (await cluster.metricsOf(service)).matchAll(/^# TYPE (\S+) (\S+)$/gm))
        if (!ofLinux.test(name)) lines.push(`${service.kind} ${name} ${type}`);
    // After a change: npx -y pnpm test infra/prometheus/src/metrics -u
    await expect(`${lines.sort().join("\n")}\n`).toMatchFileSnapshot("../metrics.txt");
  });
});
