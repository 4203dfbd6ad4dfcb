import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { setTimeout as pause } from "node:timers/promises";
import type { Bus } from "@aethyr/bus";
import { connectNatsBus } from "@aethyr/bus/nats";
import type { ImmudbOptions } from "@aethyr/event-store/immudb";
import { startLocalCluster, type LocalCluster, type LogLine, type NatsServerCount, type ServiceProcess } from "@aethyr/local-cluster";
import { connectOperations, type Operations, type PlacementStatus } from "@aethyr/operator";
import { openUnrulyLine, type UnrulyLine } from "@aethyr/servers";
import { connect, type NatsConnection } from "@nats-io/transport-node";
import { GuaranteeBrokenError } from "../fault.ts";

/** The ways of one host to the servers, one to each: calm, until a fault says otherwise. */
export type HostLines = { readonly nats: readonly UnrulyLine[]; readonly immudb: readonly UnrulyLine[] };

/** A whole cluster on real servers, in a state that every round begins with, and what a fault can do to it. */
export type FireCluster = {
  readonly world: string;
  readonly cluster: LocalCluster;
  /** As who may read the log. */
  readonly log: ImmudbOptions;
  /** Who may do everything on NATS. */
  readonly administrator: NatsConnection;
  readonly operations: Operations;
  /** Connects as a game node in any language would. */
  connectNode(name: string): Promise<Bus>;
  service(name: string): ServiceProcess;
  linesOf(host: string): HostLines;
  /** Ends a process of ours, by this signal. */
  end(name: string, signal: "SIGKILL" | "SIGTERM"): Promise<void>;
  /** Starts it, where it does not run; `host-3` is one more than a round begins with. */
  start(name: string): Promise<void>;
  /** Who has which partition; undefined while nobody can tell. */
  placement(): Promise<PlacementStatus | undefined>;
  /** Name of the relay that is at work. */
  leadingRelay(): Promise<string | undefined>;
  /** Two hosts, all other processes, calm lines, each partition with a host that lives. Rejects with `GuaranteeBrokenError`. */
  restore(): Promise<void>;
  /** Processes that ended by themselves since this was asked last. */
  unexpectedEnds(): readonly string[];
  /** What the processes said last, as JSON lines. */
  said(): string;
  close(): Promise<void>;
};

const partitions = 8;
const world = "fire";
/** On a machine that has ten times more to do than it can. */
export const patienceMs = 180_000;
const lookEveryMs = 100;
const keptLines = 5_000;
export const baseHosts = ["host-1", "host-2"] as const;
export const spareHost = "host-3";
export const relays = ["relay", "relay-2"] as const;

/** Waits for a condition; rejects with `GuaranteeBrokenError` and what was waited for where it does not come to hold. */
export async function until<T>(what: string, look: () => Promise<T | undefined | false>, lastSeen?: () => string): Promise<T> {
  const untilMs = performance.now() + patienceMs;
  for (;;) {
    const found = await look();
    if (found !== undefined && found !== false) return found;
    if (performance.now() > untilMs)
      throw new GuaranteeBrokenError(`in ${patienceMs} ms not: ${what}${lastSeen === undefined ? "" : `; last seen: ${lastSeen()}`}`);
    await pause(lookEveryMs);
  }
}

export async function startFireCluster(folder: string, natsServers: NatsServerCount): Promise<FireCluster> {
  const administratorPassword = "an-administrator-of-tests";
  const lines = new Map<string, HostLines>();
  const said: string[] = [];
  const ends: string[] = [];
  const down = new Set<string>([spareHost]);
  const cluster = await startLocalCluster({
    folder,
    world,
    hosts: baseHosts.length,
    natsServers,
    // Else a host would go by ways that no fault has a hand on.
    natsAdvertise: false,
    gateways: 0,
    relays: relays.length,
    partitions,
    administrator: administratorPassword,
    async envOf(name, { nats, immudb }): Promise<Readonly<Record<string, string>>> {
      if (!name.startsWith("host-")) return {};
      const toImmudb = await openUnrulyLine(immudb.port);
      const toNats = await Promise.all(nats.map(({ port }) => openUnrulyLine(port)));
      lines.set(name, { nats: toNats, immudb: [toImmudb] });
      return { AETHYR_NATS_SERVERS: toNats.map(({ address }) => `nats://${address}`).join(","), AETHYR_IMMUDB_ADDRESS: toImmudb.address };
    },
    progress: () => undefined,
    onLine: (name: string, line: LogLine) => {
      said.push(JSON.stringify({ service: name, at: new Date().toISOString(), ...line }));
      if (said.length > keptLines * 2) said.splice(0, keptLines);
    },
    onEnd: ({ name }, how) => {
      down.add(name);
      ends.push(`${name}: ${how}`);
    },
  });
  const { secrets, servers, services, consoleFolder } = cluster;
  const natsUrls = servers.nats.map(({ url }) => url);
  const administrator = await connect({
    servers: natsUrls,
    user: "administrator",
    pass: administratorPassword,
    maxReconnectAttempts: -1,
    noAsyncTraces: true,
  });
  const token = (await readFile(join(consoleFolder, "operator.token"), "utf8")).trim();
  const operations = connectOperations({ url: String(services.get("console")?.facts()["url"]), token });

  const service = (name: string): ServiceProcess => {
    const found = services.get(name);
    if (found === undefined) throw new RangeError(`there is no ${name}`);
    return found;
  };

  const fire: FireCluster = {
    world,
    cluster,
    log: { address: servers.immudb.address, database: world, username: `${world}_read`, password: secrets.immudbRead, readOnly: true },
    administrator,
    operations,
    connectNode: (name) =>
      connectNatsBus({
        servers: natsUrls,
        world,
        name,
        username: "node",
        password: secrets.nats.node,
        inboxPrefix: "_INBOX_node",
        createStreams: false,
      }),
    service,
    linesOf(host) {
      const own = lines.get(host);
      if (own === undefined) throw new RangeError(`${host} has no lines of its own`);
      return own;
    },
    async end(name, signal) {
      down.add(name);
      await service(name).signal(signal);
    },
    async start(name) {
      if (!down.has(name)) return;
      if (services.has(name)) await service(name).restart();
      else await cluster.addHost();
      down.delete(name);
    },
    // The console may be away for a moment with its NATS.
    placement: () => operations.partitions.list().catch(() => undefined),
    async leadingRelay() {
      for (const name of relays) {
        if (down.has(name)) continue;
        const metrics = await fetch(`${String(service(name).facts()["status"])}/metrics`, { signal: AbortSignal.timeout(2_000) })
          .then((response) => response.text())
          .catch(() => "");
        if (/^aethyr_relay_leader 1$/m.test(metrics)) return name;
      }
      return undefined;
    },
    async restore() {
      for (const { nats, immudb } of lines.values()) for (const line of [...nats, ...immudb]) line.mend();
      for (const name of services.keys()) {
        if (name !== spareHost) await fire.start(name);
        else if (!down.has(name)) await fire.end(name, "SIGTERM");
      }
      let seen: PlacementStatus | undefined;
      const isSettled = async (): Promise<boolean> => {
        seen = await fire.placement();
        const hosts = new Set<string | null>(baseHosts);
        return (
          seen !== undefined &&
          seen.partitions.every(({ owner, desired, state }) => hosts.has(owner) && owner === desired && state === "active")
        );
      };
      await until("every partition is owned by one of the two hosts, as it should be", isSettled, () => JSON.stringify(seen));
    },
    unexpectedEnds: () => ends.splice(0),
    said: () => said.slice(-keptLines).join("\n"),
    async close() {
      await operations.close();
      await administrator.close();
      await cluster.close();
      for (const { nats, immudb } of lines.values()) await Promise.all([...nats, ...immudb].map((line) => line.close()));
    },
  };
  return fire;
}
