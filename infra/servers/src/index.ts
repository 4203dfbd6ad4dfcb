export { createAuthority, type Authority, type Issued } from "./certificates.ts";
export {
  LockTimeoutError,
  ServerInstallError,
  ServerStartError,
  ServerStateError,
  ServerStopError,
  ServerUnavailableError,
} from "./errors.ts";
export { isPortFree } from "./free-port.ts";
export { installServer } from "./install-server.ts";
export type { InstallOptions } from "./install-server.ts";
export { locateServer, serverVersion } from "./locate-server.ts";
export type { LocatedServer, ServerOrigin } from "./locate-server.ts";
export { startManaged, stopManaged } from "./managed-server.ts";
export type { ManagedOptions } from "./managed-server.ts";
export { serverStatus, serversStatus } from "./managed-status.ts";
export type { ServerStatus } from "./managed-status.ts";
export { ensureServer, ensureServers, requireServer } from "./require-server.ts";
export type { RequireOptions } from "./require-server.ts";
export type { RunningServer, StartOptions } from "./running-server.ts";
export { endWithUs } from "./server-process.ts";
export { serverNames, serverReleases } from "./server-release.ts";
export type { Environment, ServerName, ServerRelease } from "./server-release.ts";
export { startImmudb } from "./start-immudb.ts";
export type { StartImmudbOptions } from "./start-immudb.ts";
export { startNats } from "./start-nats.ts";
export type { StartNatsOptions } from "./start-nats.ts";
export { startNatsCluster } from "./start-nats-cluster.ts";
export type { ClusterServer, NatsCluster, StartNatsClusterOptions } from "./start-nats-cluster.ts";
export { requirePostgres, startPostgres } from "./start-postgres.ts";
export type { StartPostgresOptions } from "./start-postgres.ts";
export { openUnrulyLine } from "./unruly-line.ts";
export type { UnrulyLine } from "./unruly-line.ts";
