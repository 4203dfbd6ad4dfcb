import { mkdir } from "node:fs/promises";
import { join } from "node:path";
import { initImmudb } from "@aethyr/event-store/immudb";
import { natsServerConfig } from "@aethyr/nats-config";
import { installServer, locateServer, startImmudb, startNats, startPostgres, type RunningServer } from "@aethyr/servers";
import type { ClusterSecrets } from "./cluster-secrets.ts";

export type ClusterServers = { readonly nats: RunningServer; readonly immudb: RunningServer; readonly postgres: RunningServer };

export type ClusterServersOptions = {
  readonly folder: string;
  readonly world: string;
  readonly secrets: ClusterSecrets;
  readonly partitions: number;
  /** Password of a user of NATS who may do everything. */
  readonly administrator?: string | undefined;
  /** Told what is being done. */
  readonly progress: (what: string) => void;
};

/** Starts the three servers of a cluster on free ports of this machine, and makes ready the log. What was started is stopped where one of them fails. */
export async function startClusterServers({
  folder,
  world,
  secrets,
  partitions,
  administrator,
  progress,
}: ClusterServersOptions): Promise<ClusterServers> {
  for (const name of ["nats", "immudb"] as const) {
    if ((await locateServer(name)) !== undefined) continue;
    progress(`building ${name}, which takes a minute or two, once`);
    await installServer(name);
  }
  progress("starting NATS, ImmuDB and PostgreSQL");
  const [nats, immudb, postgres] = await allOrNone([
    withFolder(join(folder, "nats"), (dir) =>
      startNats({
        dir,
        config: natsServerConfig({ world, passwords: secrets.nats, partitions, ...(administrator === undefined ? {} : { administrator }) }),
      }),
    ),
    withFolder(join(folder, "immudb"), (dir) => startImmudb({ dir, adminPassword: secrets.immudbAdmin })),
    withFolder(join(folder, "postgres"), (dir) => startPostgres({ dir, password: secrets.postgres })),
  ]);
  const database = databaseOf(world);
  const append = { username: `${database}_append`, password: secrets.immudbAppend };
  const read = { username: `${database}_read`, password: secrets.immudbRead };
  await initImmudb({ address: immudb.address, username: "immudb", password: secrets.immudbAdmin, database, users: { append, read } });
  return { nats, immudb, postgres };
}

export const databaseOf = (world: string): string => world.replaceAll("-", "_");

async function withFolder(dir: string, start: (dir: string) => Promise<RunningServer>): Promise<RunningServer> {
  await mkdir(dir, { recursive: true, mode: 0o700 });
  return start(dir);
}

async function allOrNone(
  starting: readonly [Promise<RunningServer>, Promise<RunningServer>, Promise<RunningServer>],
): Promise<readonly [RunningServer, RunningServer, RunningServer]> {
  const settled = await Promise.allSettled(starting);
  const failed = settled.find((one) => one.status === "rejected");
  if (failed === undefined) return Promise.all(starting);
  for (const one of settled) if (one.status === "fulfilled") await one.value.stop();
  throw failed.reason;
}
