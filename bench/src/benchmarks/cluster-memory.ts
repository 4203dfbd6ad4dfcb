import { readFileSync } from "node:fs";
import { startMeter } from "../harness/meter.ts";
import type { Benchmark } from "../harness/benchmark.ts";
import { figureOf } from "../harness/figure.ts";
import { shown } from "../harness/report.ts";
import { withCluster } from "../cluster/with-cluster.ts";

/** As the system counts it: what of the process is in memory, garbage that is not collected yet included. */
function residentMb(pid: number): number {
  const kib = /^VmRSS:\s+(\d+) kB$/m.exec(readFileSync(`/proc/${pid}/status`, "utf8"))?.[1];
  return Number(kib) / 1024;
}

const all = 100_000;
const few = 2_000;

/** The whole process of a host that has so many aggregates in memory and nothing to do. */
export const clusterMemoryBenchmark: Benchmark = {
  name: "cluster-memory",
  about: "MB of a host's process with 100,000 idle aggregates",
  needs: "cluster",
  run: ({ directory, short }, progress) =>
    withCluster(
      { directory, hosts: 1, progress, env: { AETHYR_IDLE_MS: "86400000", AETHYR_ACTIVE_LIMIT: "1000000" } },
      async ({ cluster, system: { client }, assertUndisturbed }) => {
        const host = cluster.services.get("host-1");
        if (host === undefined) throw new Error("there is no host");
        const count = short ? few : all;
        const before = residentMb(host.pid());
        progress(`making ${count} aggregates`);
        const meter = startMeter();
        await client.create(count);
        const { seconds } = meter();
        const left = await leftMemory(String(host.facts()["status"]));
        if (left > 0) throw new Error(`${left} actors have left memory, so that there are not ${count}`);
        const value = residentMb(host.pid());
        progress("checking the log and the feed");
        const checked = await client.check();
        assertUndisturbed();
        return figureOf({
          name: "cluster-memory",
          unit: "MB",
          aim: { atMost: 1024 },
          rounds: [{ value, floor: before, others: 0 }],
          floorDoes: "the same process before it had any",
          notes: [
            `${count} aggregates, made by commands, 128 at once, in ${shown(seconds)} s and left in memory; resident, without asking for a garbage collection`,
            `${shown(((value - before) * 1024 * 1024) / count)} bytes for each`,
            checked,
          ],
        });
      },
    ),
};

/** Actors that a host has let go of since its start, for whatever reason. */
async function leftMemory(status: string): Promise<number> {
  const text = await (await fetch(`${status}/metrics`)).text();
  if (!text.includes("# TYPE aethyr_passivations_total")) throw new Error("the host does not tell how many actors have left memory");
  return [...text.matchAll(/^aethyr_passivations_total(?:\{[^}]*\})? (\d+)$/gm)].reduce((sum, [, value]) => sum + Number(value), 0);
}
