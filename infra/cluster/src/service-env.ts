import type { ClusterSecrets } from "./cluster-secrets.ts";
import type { ClusterServers } from "./cluster-servers.ts";
import type { ServiceKind } from "./service-process.ts";

export type ClusterPlace = {
  readonly world: string;
  /** Of ImmuDB: that of the world's first name. */
  readonly database: string;
  readonly partitions: number;
  readonly secrets: ClusterSecrets;
  readonly servers: Pick<ClusterServers, "nats" | "immudb" | "postgres">;
};

/** What each service is on NATS. */
export const roleOf = { "actor-host": "host", relay: "relay", projector: "projector", gateway: "gateway", console: "console" } as const;

/** Where everything is and who a service is there, as variables of its environment; what differs between two of a kind is not in it. */
export function serviceEnv(
  kind: ServiceKind,
  { world, database, partitions, secrets, servers }: ClusterPlace,
): Readonly<Record<string, string>> {
  const { nats, immudb, postgres } = servers;
  const role = roleOf[kind];
  return {
    AETHYR_WORLD: world,
    AETHYR_STORE: "immudb",
    AETHYR_NATS_SERVERS: nats.map(({ url }) => url).join(","),
    AETHYR_NATS_REPLICAS: String(nats.length),
    AETHYR_NATS_USERNAME: role,
    AETHYR_NATS_PASSWORD: secrets.nats[role],
    AETHYR_PLACEMENT_PARTITIONS: String(partitions),
    AETHYR_IMMUDB_ADDRESS: immudb.address,
    AETHYR_IMMUDB_DATABASE: database,
    AETHYR_IMMUDB_USERNAME: `${database}_${kind === "actor-host" ? "append" : "read"}`,
    AETHYR_IMMUDB_PASSWORD: kind === "actor-host" ? secrets.immudbAppend : secrets.immudbRead,
    AETHYR_READ_MODELS_STORE: "postgres",
    AETHYR_READ_MODELS_URL: postgres.url,
  };
}
