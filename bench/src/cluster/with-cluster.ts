import { join } from "node:path";
import { connectNatsBus } from "@aethyr/bus/nats";
import { openImmudbEventStore } from "@aethyr/event-store/immudb";
import { startLocalCluster, type LocalCluster, type NatsServerCount } from "@aethyr/local-cluster";
import { createClosers } from "@aethyr/process";
import type { FloorPlace } from "../floors/cluster/place.ts";
import { startOwn } from "./child-process.ts";
import { startLoadClient, type LoadClient } from "./load-client.ts";

const world = "bench";
export const partitions = 32;
const administrator = "A1!the-benchmarks-own";

export type Side = { readonly client: LoadClient; readonly processes: () => readonly NamedProcess[] };
export type NamedProcess = { readonly name: string; readonly pid: number };

export type ClusterUnderTest = {
  readonly cluster: LocalCluster;
  readonly system: Side;
  /** Starts the bare processes on the same servers: another world on NATS, another database. */
  floor(): Promise<Side>;
  /** Throws if a service said something at level error, or ended and nobody had asked it to. */
  readonly assertUndisturbed: () => void;
};

/** Something was wrong with the cluster while it was measured. */
class DisturbedError extends Error {
  readonly code = "disturbed";
}

export type ClusterOptions = {
  readonly directory: string;
  readonly hosts: number;
  /** Default 1. */
  readonly natsServers?: NatsServerCount;
  /** The console too, which tells who owns what. */
  readonly console?: boolean;
  readonly env?: Readonly<Record<string, string>>;
  readonly progress: (text: string) => void;
};

const errorLevel = 50;

/** Starts a cluster and a client of it, and ends all of it when the work is done. */
export async function withCluster<T>(options: ClusterOptions, use: (cluster: ClusterUnderTest) => Promise<T>): Promise<T> {
  const { directory, hosts, natsServers = 1, env = {}, progress } = options;
  const { opened, close } = createClosers();
  const complaints: string[] = [];
  let closing = false;
  try {
    const cluster = opened(
      await startLocalCluster({
        folder: join(directory, "cluster"),
        world,
        hosts,
        natsServers,
        partitions,
        gateways: 0,
        administrator,
        env: { AETHYR_LOG_LEVEL: "info", ...env },
        progress,
        onLine(name, line) {
          if (Number(line["level"]) >= errorLevel) complaints.push(`${name}: ${String(line["msg"])}`);
        },
        onEnd({ name }, how) {
          if (!closing) complaints.push(`${name} ended with ${how}`);
        },
      }),
    );
    // They are no part of what is measured, nor of the floor.
    for (const name of ["projector", ...(options.console === true ? [] : ["console"])]) await cluster.services.get(name)?.signal("SIGTERM");
    const { nats, immudb } = cluster.servers;
    const natsUrls = nats.map(({ url }) => url);
    const asAdministrator = { address: immudb.address, username: "immudb", password: cluster.secrets.immudbAdmin };
    const client = opened(
      await startLoadClient("client", {
        system: {
          // It follows the feed by a consumer, which a game node may not make.
          nats: { servers: natsUrls, username: "gateway", password: cluster.secrets.nats.gateway, inboxPrefix: "_INBOX_gateway" },
          world,
          log: { ...asAdministrator, database: world },
        },
      }),
    );
    const servers: readonly NamedProcess[] = [
      ...nats.map(({ pid }, index) => ({ name: index === 0 ? "nats" : `nats-${index + 1}`, pid })),
      { name: "immudb", pid: immudb.pid },
    ];
    const services = (): readonly NamedProcess[] =>
      [...cluster.services.values()].flatMap(({ name, kind, pid }) =>
        kind === "actor-host" || kind === "relay" ? [{ name, pid: pid() }] : [],
      );
    const result = await use({
      cluster,
      assertUndisturbed() {
        if (complaints.length > 0)
          throw new DisturbedError(`there is no figure, for services complained: ${complaints.slice(0, 5).join("; ")}`);
      },
      system: { client, processes: () => [client, ...services(), ...servers] },
      async floor() {
        const place: FloorPlace = {
          nats: { servers: natsUrls, user: "administrator", pass: administrator },
          immudb: { address: immudb.address, database: "floor", login: { username: "immudb", password: asAdministrator.password } },
          world: "floor",
          partitions,
        };
        await prepareFloor(place, asAdministrator);
        const bare = [
          opened(await startOwn("bare-host", new URL("../floors/cluster/bare-host.ts", import.meta.url), place)),
          opened(await startOwn("bare-relay", new URL("../floors/cluster/bare-relay.ts", import.meta.url), place)),
        ];
        const floorClient = opened(await startLoadClient("bare-client", { floor: place }));
        return { client: floorClient, processes: () => [floorClient, ...bare, ...servers] };
      },
    });
    return result;
  } finally {
    closing = true;
    await close();
  }
}

/** The database and the streams that the system would make, with the same settings. */
async function prepareFloor(
  { nats, immudb, world: name }: FloorPlace,
  login: { readonly address: string; readonly username: string; readonly password: string },
): Promise<void> {
  await (await openImmudbEventStore({ ...login, database: immudb.database, create: true })).close();
  const bus = await connectNatsBus({
    servers: nats.servers,
    username: nats.user,
    password: nats.pass,
    world: name,
    partitions,
    aggregateLimit: 100_000,
  });
  await bus.close();
}
