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

/** Worlds want to have room for themselves, and tests make many worlds, next to nothing in each. A configuration may say otherwise. */
const plentyOfRoom = "jetstream: { max_file_store: 100TB }";

/**
 * Starts a nats-server on loopback and waits until it greets a connection. `await using` stops it.
 *
 * @throws ServerUnavailableError when there is no binary
 * @throws ServerStartError when it ends or stays silent instead of serving
 */
export function startNats(options: StartNatsOptions = {}): Promise<RunningServer> {
  const { args = [], jetstream = true, serverName = `aethyr-${randomUUID()}` } = options;
  const config = jetstream ? `${plentyOfRoom}\n${options.config ?? ""}` : options.config;
  return startServer("nats", options, (place) => natsPlan({ ...place, serverName, args, config, jetstream }));
}
