import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { ensureServer, requirePostgres } from "@aethyr/servers";
import { startLocalCluster, type LocalCluster, type LocalClusterOptions } from "../local-cluster.ts";
import type { ServiceProcess } from "../service-process.ts";

/** Whether this machine has what a cluster needs; where it is missing that is said, and is an error in CI. */
export const canStartCluster = async (): Promise<boolean> =>
  [await ensureServer("nats"), await ensureServer("immudb"), await requirePostgres()].every((path) => path !== undefined);

export type TestCluster = LocalCluster & {
  /** Every line that its services have logged, with the service's name before it. */
  readonly said: readonly string[];
  readonly hosts: () => readonly ServiceProcess[];
  /** What a service tells Prometheus. Rejects where it tells nothing. */
  metricsOf(service: ServiceProcess): Promise<string>;
  /** Whether every host has the partitions that it should have, and all partitions have a host. */
  isSettled(): Promise<boolean>;
  /** Stops all of it, and removes its folder. */
  close(): Promise<void>;
};

type Options = Partial<LocalClusterOptions> & Pick<LocalClusterOptions, "world" | "hosts" | "gateways">;

/** Starts a cluster in a folder of its own. */
export async function startTestCluster(options: Options): Promise<TestCluster> {
  const folder = await mkdtemp(join(tmpdir(), "aethyr-cluster-"));
  const remove = (): Promise<void> => rm(folder, { recursive: true, force: true, maxRetries: 5 });
  const said: string[] = [];
  const cluster = await startLocalCluster({
    folder,
    progress: () => undefined,
    onLine: (name, line) => void said.push(`${name} ${JSON.stringify(line)}`),
    onEnd: () => undefined,
    ...options,
  }).catch(async (error: unknown) => {
    await remove();
    throw error;
  });
  const hosts = (): readonly ServiceProcess[] => [...cluster.services.values()].filter(({ kind }) => kind === "actor-host");

  async function metricsOf({ name, facts }: ServiceProcess): Promise<string> {
    const response = await fetch(`${String(facts()["status"])}/metrics`);
    if (!response.ok) throw new Error(`${name} answers ${response.status} when it is asked for its metrics`);
    return response.text();
  }

  async function partitionsOf(host: ServiceProcess): Promise<{ readonly desired: number; readonly active: number }> {
    const text = await metricsOf(host);
    const number = (name: string): number => Number(new RegExp(`^aethyr_${name} (\\d+)$`, "m").exec(text)?.[1]);
    return { desired: number("leases_desired"), active: number("partitions_active") };
  }

  return {
    ...cluster,
    said,
    hosts,
    metricsOf,
    async isSettled() {
      const each = await Promise.all(hosts().map(partitionsOf));
      const served = each.reduce((sum, { active }) => sum + active, 0);
      return served === (options.partitions ?? 32) && each.every(({ desired, active }) => active === desired && active !== 0);
    },
    async close() {
      await cluster.close();
      await remove();
    },
  };
}
