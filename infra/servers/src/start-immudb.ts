import { immudbPlan } from "./immudb-plan.ts";
import { startServer } from "./running-server.ts";
import type { RunningServer, StartOptions } from "./running-server.ts";

export interface StartImmudbOptions extends StartOptions {
  /** Password of the user `immudb`; it takes effect when the folder is new. */
  readonly adminPassword: string;
}

/**
 * Starts an immudb on loopback, with authentication on and all but gRPC off, and waits until it answers. `await using`
 * stops it.
 *
 * @throws ServerUnavailableError when there is no binary
 * @throws ServerStartError when it ends or stays silent instead of serving
 */
export function startImmudb(options: StartImmudbOptions): Promise<RunningServer> {
  const { adminPassword, args = [] } = options;
  return startServer("immudb", options, (place) => immudbPlan({ ...place, adminPassword, args }));
}
