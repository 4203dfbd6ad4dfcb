import { createClosers } from "@aethyr/embedded";
import { clusterSecrets, type ClusterSecrets } from "./cluster-secrets.ts";
import { databaseOf, startClusterServers, type ClusterServers } from "./cluster-servers.ts";
import { startService, type LogLine, type ServiceKind, type ServiceProcess } from "./service-process.ts";

export type LocalClusterOptions = {
  /** Folder of everything: data of the servers, passwords, what each service keeps. */
  readonly folder: string;
  readonly world: string;
  readonly hosts: number;
  /** Of the world; default 32. A folder keeps the number that it began with. */
  readonly partitions?: number;
  readonly gateways: number;
  /** First ports for players and operators; each further gateway takes the next two. Absent: any free ones. */
  readonly ports?: { readonly telnet: number; readonly websocket: number; readonly api: number };
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

/** What each service is on NATS. */
const roleOf = { "actor-host": "host", relay: "relay", projector: "projector", gateway: "gateway", console: "console" } as const;

export type LocalCluster = {
  /** Passwords of the servers and of each role. */
  readonly secrets: ClusterSecrets;
  readonly servers: ClusterServers;
  /** By name: `host-1` …, `relay`, `relay-2` …, `projector`, `gateway-1` …, `console`. */
  readonly services: ReadonlyMap<string, ServiceProcess>;
  /** Where operators' commands find the console: a data folder. */
  readonly consoleFolder: string;
  /** One more host; resolves when it has joined. */
  addHost(): Promise<ServiceProcess>;
  /** Players first, then what serves them, then the servers. */
  close(): Promise<void>;
};

/** Starts the whole cluster profile on this machine, and waits until all of it is ready. Where something fails, nothing is left. */
export async function startLocalCluster(options: LocalClusterOptions): Promise<LocalCluster> {
  const { folder, world, hosts, gateways, partitions = 32, relays = 1, ports, progress } = options;
  const { opened, close } = createClosers();
  const services = new Map<string, ServiceProcess>();
  try {
    const secrets = await clusterSecrets(folder);
    const servers = await startClusterServers({ folder, world, secrets, partitions, administrator: options.administrator, progress });
    for (const server of [servers.nats, servers.immudb, servers.postgres]) opened({ close: () => server.stop() });
    const { nats, immudb, postgres } = servers;

    const start = async (kind: ServiceKind, name: string, more: Readonly<Record<string, string>> = {}): Promise<ServiceProcess> => {
      const own = await options.envOf?.(name, servers);
      const service = startService({
        kind,
        name,
        onLine: options.onLine,
        onEnd: options.onEnd,
        env: {
          AETHYR_DATA: `${folder}/${name}`,
          AETHYR_WORLD: world,
          AETHYR_NATS_SERVERS: nats.url,
          AETHYR_NATS_USERNAME: roleOf[kind],
          AETHYR_NATS_PASSWORD: secrets.nats[roleOf[kind]],
          AETHYR_PLACEMENT_PARTITIONS: String(partitions),
          AETHYR_IMMUDB_ADDRESS: immudb.address,
          AETHYR_IMMUDB_USERNAME: `${databaseOf(world)}_${kind === "actor-host" ? "append" : "read"}`,
          AETHYR_IMMUDB_PASSWORD: kind === "actor-host" ? secrets.immudbAppend : secrets.immudbRead,
          AETHYR_READ_MODELS_STORE: "postgres",
          AETHYR_READ_MODELS_URL: postgres.url,
          ...more,
          ...options.env,
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

    progress(`starting ${hosts} hosts, a relay, a projector, a console and ${gateways} gateways`);
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
      consoleFolder: `${folder}/console`,
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
