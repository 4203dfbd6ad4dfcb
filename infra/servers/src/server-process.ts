import { spawn } from "node:child_process";
import type { ChildProcess } from "node:child_process";
import { closeSync, openSync, readFileSync } from "node:fs";
import { ServerStartError } from "./errors.ts";
import type { Environment } from "./server-release.ts";

const keptOutputChars = 256 * 1024;

/** What to run. */
export interface ServerCommand {
  readonly binary: string;
  readonly args: readonly string[];
  readonly cwd: string;
  readonly env: Environment;
  /** Whose process it becomes. Default: ours. */
  readonly user?: { readonly uid: number; readonly gid: number } | undefined;
}

/** One run of a server, from its start to its end. */
export interface ServerProcess {
  readonly pid: number;
  /** What this run has printed so far, the last 256 Ki characters of it. */
  output(): string;
  hasExited(): boolean;
  /** Resolves when the process has ended, with its exit code or signal in words. */
  readonly exited: Promise<string>;
  /** Resolves when all that it has printed was read, which may be after its end, and is late where another process prints for it. */
  readonly printed: Promise<void>;
  /** Sends a signal. Nothing happens when the process has ended. */
  signal(signal: NodeJS.Signals): void;
}

/** Starts a process that ends with us, however we end. */
export async function spawnOwned(command: ServerCommand): Promise<ServerProcess> {
  const child = spawn(command.binary, command.args, {
    cwd: command.cwd,
    env: command.env,
    stdio: ["ignore", "pipe", "pipe"],
    // Of its own group: Ctrl-C in a terminal reaches us alone, and we stop things in order.
    detached: true,
    ...command.user,
  });
  let output = "";
  const keep = (chunk: string): void => {
    output = (output + chunk).slice(-keptOutputChars);
  };
  child.stdout.setEncoding("utf8").on("data", keep);
  child.stderr.setEncoding("utf8").on("data", keep);
  const pid = await spawned(child, command.binary);
  endWithUs(child, pid);
  return observe(child, pid, () => output);
}

/** A child that was started shall end with us, however we end. */
export function endWithUs(child: ChildProcess, pid: number): void {
  const killNow = (): void => void child.kill("SIGKILL");
  // One for each child is no leak.
  process.setMaxListeners(process.getMaxListeners() + 1);
  process.once("exit", killNow);
  const watchdog = process.platform === "win32" ? undefined : spawnWatchdog(pid);
  child.once("exit", () => {
    process.off("exit", killNow);
    process.setMaxListeners(process.getMaxListeners() - 1);
    watchdog?.kill("SIGKILL");
  });
}

/** Starts a process that outlives us and prints into `logFile`, which is emptied first. */
export async function spawnDetached(command: ServerCommand, logFile: string): Promise<ServerProcess> {
  const log = openSync(logFile, "w", 0o600);
  try {
    const child = spawn(command.binary, command.args, {
      cwd: command.cwd,
      env: command.env,
      stdio: ["ignore", log, log],
      detached: true,
    });
    const pid = await spawned(child, command.binary);
    child.unref();
    return observe(child, pid, () => readFileSync(logFile, "utf8").slice(-keptOutputChars));
  } finally {
    closeSync(log);
  }
}

async function spawned(child: ChildProcess, binary: string): Promise<number> {
  try {
    await new Promise((resolve, reject) => {
      child.once("spawn", resolve);
      child.once("error", reject);
    });
  } catch (error) {
    throw new ServerStartError(`${binary} cannot be executed. Check that it is built for this system.`, {
      cause: error,
    });
  }
  if (child.pid === undefined) throw new ServerStartError(`${binary} was started, but has no process id.`);
  return child.pid;
}

function observe(child: ChildProcess, pid: number, output: () => string): ServerProcess {
  let ended = false;
  const exited = new Promise<string>((resolve) => {
    child.once("exit", (code, signal) => {
      ended = true;
      resolve(signal === null ? `exit code ${code}` : `signal ${signal}`);
    });
  });
  const printed = new Promise<void>((resolve) => void child.once("close", () => resolve()));
  return {
    pid,
    output,
    exited,
    printed,
    hasExited: () => ended,
    signal: (signal) => void child.kill(signal),
  };
}

/**
 * A shell that waits for the end of its input and then kills `pid`. The other end of that input is ours alone, so it
 * closes even when we are killed without warning, when no "exit" handler runs.
 */
function spawnWatchdog(pid: number): ChildProcess {
  const script = 'trap "" INT TERM HUP; read -r _; kill -9 "$1"';
  const watchdog = spawn("/bin/sh", ["-c", script, "sh", String(pid)], {
    stdio: ["pipe", "ignore", "ignore"],
    // Of its own group, so that Ctrl-C in a terminal does not reach it.
    detached: true,
  });
  // Without a shell the "exit" handler still guards the usual ends.
  watchdog.on("error", () => undefined);
  watchdog.unref();
  return watchdog;
}
