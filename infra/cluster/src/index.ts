export { startLocalCluster, type LocalCluster, type LocalClusterOptions } from "./local-cluster.ts";
export type { NatsServerCount } from "./nats-servers.ts";
export type { LogLine, ServiceKind, ServiceProcess } from "./service-process.ts";
