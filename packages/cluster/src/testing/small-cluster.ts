import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { initImmudb } from "@aethyr/event-store/immudb";
import type { Operations } from "@aethyr/operator";
import { createClosers, processMetrics, type Config } from "@aethyr/process";
import { silentLog } from "@aethyr/runtime";
import { startImmudb, startNats, type RunningServer } from "@aethyr/servers";
import { hostWorld, type HostedWorld } from "../hosting/host-world.ts";
import { operateWorld } from "../operating/operate-world.ts";
import { loadClusterConfig } from "../service/cluster-config.ts";
import { processRegistry } from "../service/process-registry.ts";
import { reachWorld } from "../world/reach-world.ts";

const adminPassword = "an-admin-password-1A!";
const append = { username: "small_append", password: "a-host-password-1A!" };

/** Real servers for worlds of several hosts, all in this process. */
export type SmallCluster = {
  readonly nats: RunningServer;
  readonly immudb: RunningServer;
  /** Environment of a process of a world. */
  env(world: string): Readonly<Record<string, string>>;
  config(world: string, more?: Readonly<Record<string, string>>): Config;
  startHost(world: string, name: string, more?: Readonly<Record<string, string>>): Promise<HostedWorld & { close(): Promise<void> }>;
  operate(world: string): Promise<{ readonly operations: Operations; close(): Promise<void> }>;
  stop(): Promise<void>;
};

export async function startSmallCluster(): Promise<SmallCluster> {
  const folder = await mkdtemp(join(tmpdir(), "aethyr-small-cluster-"));
  const [nats, immudb] = await Promise.all([startNats({}), startImmudb({ adminPassword })]);
  await initImmudb({ address: immudb.address, username: "immudb", password: adminPassword, database: "small", users: { append } });

  const env = (world: string) => ({
    AETHYR_DATA: join(folder, world),
    AETHYR_WORLD: world,
    AETHYR_NATS_SERVERS: nats.url,
    AETHYR_PLACEMENT_PARTITIONS: "8",
    AETHYR_IMMUDB_ADDRESS: immudb.address,
    AETHYR_IMMUDB_DATABASE: "small",
    AETHYR_IMMUDB_USERNAME: append.username,
    AETHYR_IMMUDB_PASSWORD: append.password,
  });
  const config = (world: string, more = {}): Config =>
    loadClusterConfig({ flags: {}, env: { ...env(world), ...more }, cwd: folder }).config;

  return {
    nats,
    immudb,
    env,
    config,
    async startHost(world, name, more = {}) {
      const { opened, close } = createClosers();
      const settings = config(world, { AETHYR_PLACEMENT_HOST: name, ...more });
      try {
        const reach = await reachWorld(settings, "host", silentLog, opened);
        const metrics = processMetrics({ head: () => reach.store.head() });
        return { ...(await hostWorld({ config: settings, log: silentLog, opened, reach, metrics })), close };
      } catch (error) {
        await close();
        throw error;
      }
    },
    async operate(world) {
      const { opened, close } = createClosers();
      const settings = config(world);
      const reach = await reachWorld(settings, "console", silentLog, opened);
      const metrics = processRegistry();
      const operations = await operateWorld({
        config: settings,
        log: silentLog,
        opened,
        reach,
        metrics: { text: () => metrics.metrics() },
      });
      return { operations, close };
    },
    async stop() {
      await Promise.all([nats.stop(), immudb.stop()]);
      await rm(folder, { recursive: true, force: true });
    },
  };
}
