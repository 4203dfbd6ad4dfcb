import { createClosers, type Closers } from "@aethyr/process";
import { clusterSecrets } from "./cluster-secrets.ts";
import { startClusterServers, type ClusterServers, type ClusterServersOptions } from "./cluster-servers.ts";
import { writeEnvFiles } from "./env-files.ts";
import { checkPorts, type ClusterPorts } from "./ports.ts";
import type { ClusterPlace } from "./service-env.ts";

export type ServersAloneOptions = Omit<ClusterServersOptions, "secrets" | "ports"> & {
  /** How many will want players' ports. Default 0. */
  readonly gateways?: number;
  /** Absent: any free ones. */
  readonly ports?: ClusterPorts | undefined;
  /** More of the configuration of every process, as environment variables. */
  readonly env?: Readonly<Record<string, string>> | undefined;
};

export type ServersAlone = ClusterPlace & {
  readonly servers: ClusterServers;
  /** Where operators' commands find the console: a data folder. */
  readonly consoleFolder: string;
  /** Folder with what a process needs that is started by hand: see `writeEnvFiles`. */
  readonly envFolder: string;
};

/** Starts the servers of a cluster, and tells whoever starts a process on them all that it needs. Rejects as `startLocalCluster`, with nothing left. */
export async function startServersAlone(options: ServersAloneOptions): Promise<ServersAlone & { close(): Promise<void> }> {
  const { opened, close } = createClosers();
  try {
    return { ...(await openServers(options, opened)), close };
  } catch (error) {
    await close();
    throw error;
  }
}

/** The same, with servers that are stopped by who keeps what was opened. */
export async function openServers(options: ServersAloneOptions, opened: Closers["opened"]): Promise<ServersAlone> {
  const { folder, world, database, partitions, nats, ports, gateways = 0, env, renameTo } = options;
  if (ports !== undefined) await checkPorts(ports, { gateways, natsServers: nats.servers });
  const secrets = await clusterSecrets(folder);
  const servers = await startClusterServers({ ...options, secrets, ports });
  for (const server of [...servers.nats, servers.immudb, servers.postgres]) opened({ close: () => server.stop() });
  const place: ClusterPlace = { world, database, partitions, secrets, servers };
  const consoleFolder = `${folder}/console`;
  const envFolder = await writeEnvFiles(folder, place, { consoleFolder, env, mayRename: renameTo !== undefined });
  return { ...place, servers, consoleFolder, envFolder };
}
