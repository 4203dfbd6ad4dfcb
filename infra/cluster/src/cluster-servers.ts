import { mkdir } from "node:fs/promises";
import { join } from "node:path";
import { initImmudb } from "@aethyr/event-store/immudb";
import { natsServerConfig } from "@aethyr/nats-config";
import { installServer, locateServer, startImmudb, startPostgres, type RunningServer } from "@aethyr/servers";
import type { ClusterSecrets } from "./cluster-secrets.ts";
import { startNatsServers, type NatsServerCount, type NatsServers } from "./nats-servers.ts";
import type { ClusterPorts } from "./ports.ts";

export type ClusterServers = { readonly nats: NatsServers; readonly immudb: RunningServer; readonly postgres: RunningServer };

export type ClusterServersOptions = {
  readonly folder: string;
  readonly world: string;
  /** Of ImmuDB. */
  readonly database: string;
  readonly secrets: ClusterSecrets;
  readonly partitions: number;
  readonly nats: { readonly servers: NatsServerCount; readonly advertise: boolean };
  /** Absent: any free ones. */
  readonly ports?: Pick<ClusterPorts, "nats" | "immudb" | "postgres"> | undefined;
  /** Password of a user of NATS who may do everything. */
  readonly administrator?: string | undefined;
  /** Another name that the world is about to get: a user of NATS may give it that. */
  readonly renameTo?: string | undefined;
  /** Told what is being done. */
  readonly progress: (what: string) => void;
};

/** Starts the servers of a cluster on this machine, and makes ready the log. What was started is stopped where one of them fails. */
export async function startClusterServers({
  folder,
  world,
  database,
  secrets,
  partitions,
  nats: { servers: natsServers, advertise },
  ports,
  administrator,
  renameTo,
  progress,
}: ClusterServersOptions): Promise<ClusterServers> {
  for (const name of ["nats", "immudb"] as const) {
    if ((await locateServer(name)) !== undefined) continue;
    progress(`building ${name}, which takes a minute or two, once`);
    await installServer(name);
  }
  progress(`starting ${natsServers === 1 ? "NATS" : `${natsServers} servers of NATS`}, ImmuDB and PostgreSQL`);
  const starting = [
    startNatsServers({
      folder,
      count: natsServers,
      advertise,
      port: ports?.nats,
      config: natsServerConfig({
        world,
        passwords: secrets.nats,
        partitions,
        ...(administrator === undefined ? {} : { administrator }),
        ...(renameTo === undefined ? {} : { renaming: { to: renameTo, password: secrets.nats.host } }),
      }),
    }),
    withFolder(join(folder, "immudb"), (dir) => startImmudb({ dir, port: ports?.immudb, adminPassword: secrets.immudbAdmin })),
    withFolder(join(folder, "postgres"), (dir) => startPostgres({ dir, port: ports?.postgres, password: secrets.postgres })),
  ] as const;
  const settled = await Promise.allSettled(starting);
  const failed = settled.find((each) => each.status === "rejected");
  if (failed !== undefined) {
    const started = settled.flatMap((each) => (each.status === "fulfilled" ? each.value : []));
    for (const server of started) await server.stop();
    throw failed.reason;
  }
  const [nats, immudb, postgres] = await Promise.all(starting);
  const append = { username: `${database}_append`, password: secrets.immudbAppend };
  const read = { username: `${database}_read`, password: secrets.immudbRead };
  await initImmudb({ address: immudb.address, username: "immudb", password: secrets.immudbAdmin, database, users: { append, read } });
  return { nats, immudb, postgres };
}

/** What the database is called where nobody says otherwise. */
export const databaseOf = (world: string): string => world.replaceAll("-", "_");

async function withFolder(dir: string, start: (dir: string) => Promise<RunningServer>): Promise<RunningServer> {
  await mkdir(dir, { recursive: true, mode: 0o700 });
  return start(dir);
}
