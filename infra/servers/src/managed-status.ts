import { loopbackHost } from "./free-port.ts";
import { locateServer, serverVersion } from "./locate-server.ts";
import type { ServerOrigin } from "./locate-server.ts";
import { managedFiles, readRecord } from "./managed-record.ts";
import { isSameProcessRunning } from "./process-identity.ts";
import { serverNames } from "./server-release.ts";
import type { Environment, ServerName } from "./server-release.ts";

/** What is known of one managed server. */
export interface ServerStatus {
  readonly name: ServerName;
  /** `stale`: it was not stopped by us, but its process is gone. */
  readonly state: "running" | "stopped" | "stale";
  /** Of the running process, or of the one that is gone. */
  readonly pid: number | undefined;
  /** `127.0.0.1:<port>` while it runs. */
  readonly address: string | undefined;
  /** Undefined when the binary does not tell. */
  readonly version: string | undefined;
  /** The binary that runs, else the one that a start would use; undefined when none is installed. */
  readonly binary: string | undefined;
  readonly origin: ServerOrigin | undefined;
  /** Folder with its data, record and log. */
  readonly folder: string;
  readonly logFile: string;
  /** File with the password of the user `immudb`; undefined for other servers. */
  readonly adminPasswordFile: string | undefined;
}

/** Status of all managed servers of a data folder. */
export async function serversStatus(dataDir: string, env: Environment = process.env): Promise<readonly ServerStatus[]> {
  return Promise.all(serverNames.map((name) => serverStatus(name, dataDir, env)));
}

/** Status of one managed server. */
export async function serverStatus(name: ServerName, dataDir: string, env: Environment = process.env): Promise<ServerStatus> {
  const files = managedFiles(name, dataDir);
  const record = await readRecord(files);
  const common = {
    name,
    pid: record?.process?.pid,
    folder: files.folder,
    logFile: files.log,
    adminPasswordFile: name === "immudb" ? files.adminPassword : undefined,
  };
  if (record?.process && (await isSameProcessRunning(record.process))) {
    const { binary, origin, port, version } = record;
    return {
      ...common,
      state: "running",
      address: `${loopbackHost}:${port}`,
      version,
      binary,
      origin,
    };
  }
  const located = await locateServer(name, env);
  return {
    ...common,
    state: record?.process ? "stale" : "stopped",
    address: undefined,
    version: located && (await serverVersion(located)),
    binary: located?.path,
    origin: located?.origin,
  };
}
