import { createClosers } from "@aethyr/process";
import type { ClusterSecrets } from "./cluster-secrets.ts";
import { databaseOf, type ClusterServers } from "./cluster-servers.ts";
import type { NatsServerCount } from "./nats-servers.ts";
import type { ClusterPorts } from "./ports.ts";
import { openServers, type ServersAlone } from "./servers-alone.ts";
import { serviceEnv } from "./service-env.ts";
import { startService, type LogLine, type ServiceKind, type ServiceProcess } from "./service-process.ts";

export type LocalClusterOptions = {
  /** Folder of everything: data of the servers, passwords, what each service keeps. */
  readonly folder: string;
  readonly world: string;
  /** Of ImmuDB; default: called as the world. A world that was renamed has that of its first name. */
  readonly database?: string;
  readonly hosts: number;
  /** Of the world; default 32. A folder keeps the number that it began with. */
  readonly partitions?: number;
  /** Default 1. A folder keeps the number that it began with. */
  readonly natsServers?: NatsServerCount;
  /** Whether these tell their clients of each other, default true. False where a service shall have the addresses that it was given, and no others. */
  readonly natsAdvertise?: boolean;
  readonly gateways: number;
  /** Absent: any free ones. */
  readonly ports?: ClusterPorts;
  /** Relays: one is at work, the others stand by. Default 1. */
  readonly relays?: number;
  /** More of the configuration of every service, as environment variables. */
  readonly env?: Readonly<Record<string, string>>;
  /** Still more, for one of them: such as other addresses, of lines that can be cut. Asked once for each, before its first start. */
  readonly envOf?: (name: string, servers: ClusterServers) => Promise<Readonly<Record<string, string>>>;
  /** Password of a user `administrator` of NATS, who may do everything; without it there is none. */
  readonly administrator?: string;
  readonly progress: (what: string) => void;
  readonly onLine: (name: string, line: LogLine) => void;
  /** A service ended by itself, or was killed by somebody. */
  readonly onEnd: (service: ServiceProcess, how: string) => void;
};

export type LocalCluster = Pick<ServersAlone, "servers" | "consoleFolder" | "envFolder"> & {
  /** Passwords of the servers and of each role. */
  readonly secrets: ClusterSecrets;
  /** By name: `host-1` …, `relay`, `relay-2` …, `projector`, `gateway-1` …, `console`. */
  readonly services: ReadonlyMap<string, ServiceProcess>;
  /** One more host; resolves when it has joined. */
  addHost(): Promise<ServiceProcess>;
  /** Players first, then what serves them, then the servers. */
  close(): Promise<void>;
};

/**
 * Starts the whole cluster profile on this machine, and waits until all of it is ready. Where something fails, nothing is left. Rejects with
 * `OtherNatsServersError` for a folder that was begun with another number of these, and with `PortsTakenError`.
 */
export async function startLocalCluster(options: LocalClusterOptions): Promise<LocalCluster> {
  const { folder, world, hosts, gateways, partitions = 32, natsServers = 1, relays = 1, ports, progress } = options;
  const { database = databaseOf(world), administrator, env } = options;
  const { opened, close } = createClosers();
  const services = new Map<string, ServiceProcess>();
  try {
    const nats = { servers: natsServers, advertise: options.natsAdvertise ?? true };
    const place = await openServers({ folder, world, database, partitions, nats, ports, gateways, administrator, env, progress }, opened);
    const { secrets, servers, consoleFolder, envFolder } = place;

    const start = async (kind: ServiceKind, name: string, more: Readonly<Record<string, string>> = {}): Promise<ServiceProcess> => {
      const own = await options.envOf?.(name, servers);
      const service = startService({
        kind,
        name,
        onLine: options.onLine,
        onEnd: options.onEnd,
        env: {
          AETHYR_DATA: `${folder}/${name}`,
          ...serviceEnv(kind, place),
          ...more,
          ...env,
          ...own,
        },
      });
      opened({ close: () => service.stop() });
      services.set(name, service);
      return service;
    };
    const startHost = (): Promise<ServiceProcess> => {
      const name = `host-${[...services.values()].filter(({ kind }) => kind === "actor-host").length + 1}`;
      return start("actor-host", name, { AETHYR_PLACEMENT_HOST: name });
    };

    progress(`starting ${counted(hosts, "host")}, a relay, a projector, a console and ${counted(gateways, "gateway")}`);
    // The first host begins the world, which the others look for.
    await (await startHost()).ready();
    for (let more = 1; more < hosts; more += 1) await startHost();
    for (let number = 1; number <= relays; number += 1) await start("relay", number === 1 ? "relay" : `relay-${number}`);
    await start("projector", "projector");
    await start("console", "console", { AETHYR_API_PORT: String(ports?.api ?? 0) });
    for (let number = 0; number < gateways; number += 1) {
      await start("gateway", `gateway-${number + 1}`, {
        AETHYR_GATEWAY_TELNET_PORT: String(ports === undefined ? 0 : ports.telnet + 2 * number),
        AETHYR_GATEWAY_WEBSOCKET_PORT: String(ports === undefined ? 0 : ports.websocket + 2 * number),
      });
    }
    await Promise.all([...services.values()].map((service) => service.ready()));
    return {
      secrets,
      servers,
      services,
      consoleFolder,
      envFolder,
      async addHost() {
        const host = await startHost();
        await host.ready();
        return host;
      },
      close,
    };
  } catch (error) {
    await close();
    throw error;
  }
}

const counted = (count: number, what: string): string => `${count} ${what}${count === 1 ? "" : "s"}`;
