import type { ServerInfo } from "@nats-io/transport-node";

const clusterReplicas = 3;

/** Servers that keep a stream where nobody says how many: three where there are so many. A cluster names its servers to its clients. */
export const usualReplicas = (server: ServerInfo | undefined): number =>
  server?.cluster !== undefined && (server.connect_urls?.length ?? 0) >= clusterReplicas ? clusterReplicas : 1;
