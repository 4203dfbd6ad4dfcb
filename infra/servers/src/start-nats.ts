import { randomUUID } from "node:crypto";
import { natsPlan } from "./nats-plan.ts";
import { startServer } from "./running-server.ts";
import type { RunningServer, StartOptions } from "./running-server.ts";

export interface StartNatsOptions extends StartOptions {
  /** Whether JetStream is on. Default true. */
  readonly jetstream?: boolean | undefined;
  /** Text in nats-server's configuration language, for example accounts. Our address, port and name stand above it. */
  readonly config?: string | undefined;
  /** The server's name, kept over restarts. Default: a unique one. */
  readonly serverName?: string | undefined;
}

/**
 * Starts a nats-server on loopback and waits until it greets a connection. `await using` stops it.
 *
 * @throws ServerUnavailableError when there is no binary
 * @throws ServerStartError when it ends or stays silent instead of serving
 */
export function startNats(options: StartNatsOptions = {}): Promise<RunningServer> {
  const { args = [], config, jetstream = true, serverName = `aethyr-${randomUUID()}` } = options;
  return startServer("nats", options, (place) => natsPlan({ ...place, serverName, args, config, jetstream }));
}
