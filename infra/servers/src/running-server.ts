import { mkdir, mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { ServerStartError } from "./errors.ts";
import { loopbackHost } from "./free-port.ts";
import { endProcess, launch } from "./launch.ts";
import type { LaunchPlan } from "./launch.ts";
import { locateServer, notInstalledError } from "./locate-server.ts";
import { spawnOwned } from "./server-process.ts";
import type { Environment, ServerName } from "./server-release.ts";

const defaultStartTimeoutMs = 60_000;
const gracefulStopTimeoutMs = 10_000;
const endingSignals: ReadonlySet<NodeJS.Signals> = new Set(["SIGKILL", "SIGTERM", "SIGINT", "SIGQUIT"]);

/** A server that this process owns. It ends with this process at the latest. */
export interface RunningServer extends AsyncDisposable {
  /** `127.0.0.1:<port>` */
  readonly address: string;
  /** `nats://127.0.0.1:<port>` or `immudb://127.0.0.1:<port>` */
  readonly url: string;
  readonly port: number;
  /** Process id of the current run, or of the last one. */
  readonly pid: number;
  /** Absolute path of the folder that holds its data. */
  readonly dir: string;
  /** What the current run has printed so far. */
  output(): string;
  /** Sends a signal. With SIGKILL, SIGTERM, SIGINT and SIGQUIT it resolves when the process has ended; data stay. */
  kill(signal: NodeJS.Signals): Promise<void>;
  /** Ends the current run if there is one, then starts another on the same port and folder. Resolves when it serves. */
  restart(): Promise<void>;
  /** Ends it, by force after 10 s, and removes its folder if that was a temporary one. May be called again. */
  stop(): Promise<void>;
}

export interface StartOptions {
  /** Folder for its data, made if missing, kept at the end. Default: a temporary folder, removed at the end. */
  readonly dir?: string | undefined;
  /** Loopback port. Default: a free one. */
  readonly port?: number | undefined;
  /** Further arguments of the server, after ours. */
  readonly args?: readonly string[] | undefined;
  /** Bound on each start, in milliseconds. Default 60,000. */
  readonly timeoutMs?: number | undefined;
  /** Ends a start that is under way. */
  readonly signal?: AbortSignal | undefined;
  readonly env?: Environment | undefined;
}

/** What differs between the servers. */
export type MakePlan = (place: {
  readonly binary: string;
  readonly dir: string;
  readonly port: number;
  readonly env: Environment;
}) => LaunchPlan;

/** A server whose binary is known. */
export interface OwnedServer {
  readonly name: string;
  readonly binary: string;
  readonly makePlan: MakePlan;
  /** Makes ready the folder, before the first start. */
  readonly prepare?: (dir: string) => Promise<void>;
  /** What clients connect to. Default `<name>://<address>`. */
  readonly urlOf?: (address: string) => string;
  /** What asks it to end at once. Default SIGTERM. */
  readonly stopSignal?: NodeJS.Signals;
}

/**
 * Starts a server and waits until it serves.
 *
 * @throws ServerUnavailableError when there is no binary
 * @throws ServerStartError when it ends or stays silent instead of serving
 */
export async function startServer(name: ServerName, options: StartOptions, makePlan: MakePlan): Promise<RunningServer> {
  const located = await locateServer(name, options.env ?? process.env);
  if (located === undefined) throw notInstalledError(name);
  return startOwned({ name, binary: located.path, makePlan }, options);
}

/** Starts a server whose binary was found, and waits until it serves. @throws ServerStartError as `startServer` */
export async function startOwned(server: OwnedServer, options: StartOptions): Promise<RunningServer> {
  const { name, binary, makePlan, prepare = async () => undefined } = server;
  const { env = process.env, timeoutMs = defaultStartTimeoutMs, signal } = options;
  const temporary = options.dir === undefined;
  const dir = options.dir === undefined ? await mkdtemp(join(tmpdir(), `aethyr-${name}-`)) : resolve(options.dir);
  const removeTemporary = async (): Promise<void> => {
    if (temporary) await rm(dir, { recursive: true, force: true, maxRetries: 5 });
  };
  const run = (port: number | undefined, abort?: AbortSignal): ReturnType<typeof launch> =>
    launch({
      port,
      timeoutMs,
      signal: abort,
      plan: (planPort) => makePlan({ binary, dir, port: planPort, env }),
      spawn: spawnOwned,
    });
  try {
    await mkdir(dir, { recursive: true });
    await prepare(dir);
    return own(server, await run(options.port, signal), dir, run, removeTemporary);
  } catch (error) {
    await removeTemporary();
    throw error;
  }
}

function own(
  { name, urlOf = (address) => `${name}://${address}`, stopSignal = "SIGTERM" }: OwnedServer,
  first: Awaited<ReturnType<typeof launch>>,
  dir: string,
  run: (port: number) => ReturnType<typeof launch>,
  removeTemporary: () => Promise<void>,
): RunningServer {
  const { port } = first;
  let current = first.process;
  let restarting: Promise<void> | undefined;
  let stopping: Promise<void> | undefined;

  const runAgain = async (): Promise<void> => {
    await endProcess(current, stopSignal, gracefulStopTimeoutMs);
    current = (await run(port)).process;
  };
  const end = async (): Promise<void> => {
    // A restart under way would leave a new run behind us; its own caller hears of its failure.
    await restarting?.catch(() => undefined);
    await endProcess(current, stopSignal, gracefulStopTimeoutMs);
    await removeTemporary();
  };
  const stop = (): Promise<void> => (stopping ??= end());

  const address = `${loopbackHost}:${port}`;
  return {
    address,
    url: urlOf(address),
    port,
    dir,
    get pid() {
      return current.pid;
    },
    output: () => current.output(),
    kill: async (signal) => {
      if (endingSignals.has(signal)) await endProcess(current, signal);
      else current.signal(signal);
    },
    restart: async () => {
      if (stopping !== undefined) throw new ServerStartError("This server was stopped. Start a new one.");
      restarting ??= runAgain().finally(() => (restarting = undefined));
      await restarting;
    },
    stop,
    [Symbol.asyncDispose]: stop,
  };
}
