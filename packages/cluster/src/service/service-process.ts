import { mkdir } from "node:fs/promises";
import { createClosers, createLog, failProcess, flagsHelp, parseFlags, stopOnSignals, type Closers, type Config } from "@aethyr/process";
import type { Log } from "@aethyr/runtime";
import { serveStatus } from "../status/status-server.ts";
import { loadClusterConfig } from "./cluster-config.ts";

/** What a process of a cluster is told of itself. */
export type ServiceParts = {
  readonly config: Config;
  readonly log: Log;
  readonly opened: Closers["opened"];
  /** It cannot go on: everything is closed, and the process ends with exit code 1. */
  readonly fail: (reason: Error) => void;
};

export type Service = {
  /** All of them now, as Prometheus text. */
  readonly metrics: () => Promise<string>;
  /** Rejects, with the reason, while it cannot do its work. */
  readonly ready: () => Promise<unknown>;
  /** More for the line that says that it runs. */
  readonly facts?: Readonly<Record<string, unknown>>;
};

export type ServiceFrame = {
  /** Such as `relay`. */
  readonly name: string;
  /** First lines of its help. */
  readonly about: string;
  readonly start: (parts: ServiceParts) => Promise<Service>;
  /** How long closing may take; then the process ends all the same, with exit code 1. Default 60 s: twice what a host may take to leave. */
  readonly closeWithinMs?: number;
};

/**
 * The process around a service: flags and configuration, `--help`, log, health and metrics, a clean end on Ctrl-C and SIGTERM. What stops it
 * is said on standard error, one line for each thing, and gives exit code 1.
 */
export async function runService(
  { name, about, start, closeWithinMs = 60_000 }: ServiceFrame,
  args: readonly string[] = process.argv.slice(2),
): Promise<void> {
  const closers = createClosers();
  let failed = false;
  let stopping = false;
  const close = (): Promise<void> => {
    stopping = true;
    // What hangs must not keep a process that does nothing any more.
    setTimeout(() => {
      failProcess(new Error(`closing took longer than ${closeWithinMs} ms: what was under way is given up`));
      process.exit();
    }, closeWithinMs).unref();
    return closers.close();
  };
  const fail = (reason: Error): void => {
    if (failed) return;
    failed = true;
    failProcess(reason);
    // What keeps trying to connect would keep the process alive.
    close()
      .catch(failProcess)
      .finally(() => process.exit());
  };
  /** Nothing more is opened in a process that is to end: the start ends here. */
  const opened: Closers["opened"] = (part) => {
    closers.opened(part);
    if (stopping) throw new Error("this process was stopped before it was ready");
    return part;
  };
  try {
    const { flags, help } = parseFlags(args);
    if (help) return void process.stdout.write(helpText(name, about));
    const { config, warnings } = loadClusterConfig({ flags });
    const log = createLog(config.log);
    for (const warning of warnings) log.warn({}, warning);
    stopOnSignals(log, close, failProcess);
    await mkdir(config.data, { recursive: true, mode: 0o700 });
    const { metrics, ready, facts = {} } = await start({ config, log, opened, fail });
    const status = opened(await serveStatus({ ...config.status, metrics, ready }));
    if (!failed) log.info({ world: config.world, status: status.url, ...facts }, `the ${name} is ready`);
  } catch (error) {
    // Not of interest any more; but what was opened since has to be closed as well.
    if (stopping) return void closers.close().catch(failProcess);
    fail(error instanceof Error ? error : new Error(String(error)));
  }
}

const helpText = (name: string, about: string): string => `${about}

Usage: node services/${name}/src/main.ts [flags]

${flagsHelp()}
  --help, -h          This text

Every flag is also a key of aethyr.config.json and an environment variable (--api-port is api.port and AETHYR_API_PORT); a flag counts more
than the environment, which counts more than the file.

Example:
  AETHYR_NATS_SERVERS=nats://127.0.0.1:4222 node services/${name}/src/main.ts --world midgaard --status-port 9100
`;
