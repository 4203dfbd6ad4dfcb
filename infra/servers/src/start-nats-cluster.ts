import { setTimeout as pause } from "node:timers/promises";
import { randomUUID } from "node:crypto";
import { join } from "node:path";
import { z } from "zod";
import { ServerStartError } from "./errors.ts";
import { findFreePort, loopbackHost } from "./free-port.ts";
import type { RunningServer } from "./running-server.ts";
import { startNats } from "./start-nats.ts";

export interface StartNatsClusterOptions {
  /** How many. Default 3. */
  readonly servers?: number | undefined;
  /** Folder for their data, a folder below it for each, made if missing, kept at the end. Default: temporary folders, removed at the end. */
  readonly dir?: string | undefined;
  /** The cluster's name, which must be the same whenever its folder is used again. Default: a unique one. */
  readonly name?: string | undefined;
  /** Text in nats-server's configuration language, the same for all, for example accounts. */
  readonly config?: string | undefined;
  /** Whether each tells its clients of the others. Default true. */
  readonly advertise?: boolean | undefined;
  /** Loopback port of the first for clients; the others have the next ones. Default: free ones. */
  readonly port?: number | undefined;
  /** Bound on the whole start, in milliseconds. Default 60,000. */
  readonly timeoutMs?: number | undefined;
}

/** One server of a cluster. Killed, it may be started again, and finds the others. */
export type ClusterServer = RunningServer & { readonly serverName: string };

export interface NatsCluster extends AsyncDisposable {
  readonly servers: readonly ClusterServer[];
  /** Addresses of all of them. */
  readonly urls: readonly string[];
  stop(): Promise<void>;
}

const lookEveryMs = 50;
const jetstreamSchema = z.object({ meta_cluster: z.object({ leader: z.string().min(1), cluster_size: z.int() }) });

/**
 * Starts nats-servers on loopback that are one cluster with JetStream, and waits until it has a leader that all of them know. `await using`
 * stops them.
 *
 * @throws ServerUnavailableError when there is no binary
 * @throws ServerStartError when one ends or stays silent, or they do not find each other
 */
export async function startNatsCluster(options: StartNatsClusterOptions = {}): Promise<NatsCluster> {
  const { servers: count = 3, timeoutMs = 60_000, dir, name = `aethyr-${randomUUID()}`, config, advertise = true, port } = options;
  const deadline = performance.now() + timeoutMs;
  const places: { readonly route: number; readonly monitor: number }[] = [];
  while (places.length < count) places.push({ route: await findFreePort(), monitor: await findFreePort() });
  const routes = places.map(({ route }) => `nats://${loopbackHost}:${route}`).join(",");
  const starting = places.map(async ({ route, monitor }, index): Promise<ClusterServer> => {
    const serverName = `${name}-${index + 1}`;
    const cluster = ["--cluster_name", name, "--cluster", `nats://${loopbackHost}:${route}`, "--routes", routes];
    const args = [...cluster, ...(advertise ? [] : ["--no_advertise"]), "--http_port", String(monitor)];
    const own = dir === undefined ? undefined : join(dir, String(index + 1));
    return Object.assign(
      await startNats({ serverName, timeoutMs, args, config, dir: own, port: port === undefined ? undefined : port + index }),
      { serverName },
    );
  });
  const outcomes = await Promise.allSettled(starting);
  const servers = outcomes.flatMap((outcome) => (outcome.status === "fulfilled" ? [outcome.value] : []));
  const stop = async (): Promise<void> => {
    await Promise.all(servers.map((server) => server.stop()));
  };
  try {
    await Promise.all(starting);
    while (!(await Promise.all(places.map(({ monitor }) => knowsLeader(monitor, count)))).every(Boolean)) {
      if (performance.now() > deadline) throw new ServerStartError(`The ${count} servers found no leader in ${timeoutMs} ms.`);
      await pause(lookEveryMs);
    }
  } catch (error) {
    await stop();
    throw error;
  }
  return { servers, urls: servers.map(({ url }) => url), stop, [Symbol.asyncDispose]: stop };
}

/** Whether the server whose monitoring is on this port knows who leads JetStream in a cluster of that size. */
async function knowsLeader(monitorPort: number, size: number): Promise<boolean> {
  try {
    const answer = await fetch(`http://${loopbackHost}:${monitorPort}/jsz`);
    return jetstreamSchema.parse(await answer.json()).meta_cluster.cluster_size === size;
  } catch {
    // It does not serve yet, or there is no leader yet.
    return false;
  }
}
