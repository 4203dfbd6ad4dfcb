import { writeFileSync } from "node:fs";
import { connect } from "node:net";
import { join } from "node:path";
import { z } from "zod";
import { loopbackHost } from "./free-port.ts";
import type { LaunchPlan } from "./launch.ts";
import type { Environment } from "./server-release.ts";

const probeTimeoutMs = 1_000;
const greetingSchema = z.object({ server_name: z.string() });

export interface NatsPlanOptions {
  readonly binary: string;
  /** Absolute path; JetStream stores below it. */
  readonly dir: string;
  readonly port: number;
  /** Name of its own, which tells this server from another that took the port before it. */
  readonly serverName: string;
  readonly jetstream: boolean;
  /** Text in the server's own configuration language. */
  readonly config: string | undefined;
  readonly args: readonly string[];
  readonly env: Environment;
}

/** How nats-server is run. */
export function natsPlan({ binary, dir, port, serverName, jetstream, config, args, env }: NatsPlanOptions): LaunchPlan {
  const natsArgs = ["--addr", loopbackHost, "--port", String(port), "--name", serverName];
  if (jetstream) natsArgs.push("--jetstream", "--store_dir", dir);
  if (config !== undefined) {
    const configFile = join(dir, "nats.conf");
    // It may hold passwords.
    writeFileSync(configFile, config, { mode: 0o600 });
    natsArgs.push("--config", configFile);
  }
  return {
    command: { binary, args: [...natsArgs, ...args], cwd: dir, env },
    isReady: async () => (await greetingOf(port)) === serverName,
  };
}

/** Name in the INFO line that a NATS server sends to each new connection; undefined when none comes. */
function greetingOf(port: number): Promise<string | undefined> {
  return new Promise((resolve) => {
    let received = "";
    const socket = connect({ host: loopbackHost, port });
    const finish = (name: string | undefined): void => {
      socket.destroy();
      resolve(name);
    };
    socket.setEncoding("utf8");
    socket.setTimeout(probeTimeoutMs, () => finish(undefined));
    socket.on("error", () => finish(undefined));
    socket.on("close", () => finish(undefined));
    socket.on("data", (chunk: string) => {
      received += chunk;
      if (received.includes("\r\n")) finish(serverNameIn(received));
    });
  });
}

/** Reads `INFO {"server_name": …}`. */
export function serverNameIn(line: string): string | undefined {
  if (!line.startsWith("INFO ")) return undefined;
  try {
    return greetingSchema.parse(JSON.parse(line.slice("INFO ".length, line.indexOf("\r\n")))).server_name;
  } catch {
    // Something else than a NATS server speaks on this port: ours is not ready.
    return undefined;
  }
}
