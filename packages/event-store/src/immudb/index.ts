export type { ConnectionState } from "./channel.ts";
export { openImmudbEventStore, type ImmudbEventStore, type ImmudbOptions } from "./immudb-event-store.ts";
export type { CopyMark } from "./copy-mark.ts";
export { initImmudb, type InitializedDatabase, type InitializedUser, type InitImmudbOptions, type InitReport } from "./init.ts";
export type { ImmudbPlace } from "./place.ts";
export { probeImmudb, type ImmudbProbe } from "./probe.ts";
export { openImmudbLog, type ImmudbLog } from "./proof-log.ts";
