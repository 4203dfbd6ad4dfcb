import { spawn, type ChildProcess } from "node:child_process";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";
import { endWithUs } from "@aethyr/servers";

export type ServiceKind = "actor-host" | "relay" | "projector" | "gateway" | "console";

/** A line of a service's log, as it wrote it. */
export type LogLine = Readonly<Record<string, unknown>>;

export type ServiceOptions = {
  readonly kind: ServiceKind;
  /** Among the processes of this cluster, such as `host-1`. */
  readonly name: string;
  readonly env: Readonly<Record<string, string>>;
  /** Every line of its log; text that is none of a log comes as `{ msg }`. */
  readonly onLine: (name: string, line: LogLine) => void;
  /** It ended, and nobody here asked it to. */
  readonly onEnd: (service: ServiceProcess, how: string) => void;
};

/** One service in a process of its own. */
export type ServiceProcess = {
  readonly kind: ServiceKind;
  readonly name: string;
  /** Of the current run, or of the last one. */
  readonly pid: () => number;
  /** What it said when it was ready, such as its addresses. */
  readonly facts: () => LogLine;
  /** Resolves when the current run is ready; rejects if it ends before, with what it said last. */
  ready(): Promise<void>;
  /** Sends a signal that does not end it, or ends it; with the latter it resolves when it has ended. */
  signal(signal: NodeJS.Signals): Promise<void>;
  /** Starts it again, after it has ended. Resolves when it is ready. */
  restart(): Promise<void>;
  /** Asks it to stop, and waits; by force after 20 s. */
  stop(): Promise<void>;
};

const patienceMs = 20_000;
const lastLines = 8;
const ending: ReadonlySet<NodeJS.Signals> = new Set(["SIGKILL", "SIGTERM", "SIGINT"]);

/** Starts a service of this repository. */
export function startService(options: ServiceOptions): ServiceProcess {
  const { kind, name } = options;
  let run = startRun(options, ended);

  function ended(how: string): void {
    options.onEnd(service, how);
  }

  const end = async (signal: NodeJS.Signals): Promise<void> => {
    run.expectEnd();
    run.child.kill(signal);
    await run.ended;
  };

  const service: ServiceProcess = {
    kind,
    name,
    pid: () => run.child.pid ?? 0,
    facts: () => run.facts(),
    ready: () => run.ready,
    async signal(signal) {
      if (ending.has(signal)) await end(signal);
      else run.child.kill(signal);
    },
    async restart() {
      await run.ended;
      run = startRun(options, ended);
      await run.ready;
    },
    async stop() {
      const force = setTimeout(() => run.child.kill("SIGKILL"), patienceMs);
      // One that is stopped would not hear the other signal.
      run.child.kill("SIGCONT");
      await end("SIGTERM").finally(() => clearTimeout(force));
    },
  };
  return service;
}

type Run = {
  readonly child: ChildProcess;
  readonly ready: Promise<void>;
  readonly ended: Promise<void>;
  readonly facts: () => LogLine;
  readonly expectEnd: () => void;
};

function startRun({ kind, name, env, onLine }: ServiceOptions, onUnexpectedEnd: (how: string) => void): Run {
  const main = fileURLToPath(new URL(`../../../services/${kind}/src/main.ts`, import.meta.url));
  const child = spawn(process.execPath, ["--no-memory-protection-keys", main], {
    stdio: ["ignore", "pipe", "pipe"],
    // A group of its own: Ctrl-C goes to whoever started the cluster, who stops things in order.
    detached: true,
    env: { ...process.env, ...env, AETHYR_LOG_FORMAT: "json" },
  });
  if (child.pid !== undefined) endWithUs(child, child.pid);
  const ready = Promise.withResolvers<void>();
  const ended = Promise.withResolvers<void>();
  ready.promise.catch(() => undefined);
  const said: string[] = [];
  let facts: LogLine = {};
  let isExpected = false;

  for (const stream of [child.stdout, child.stderr]) {
    createInterface({ input: stream }).on("line", (text) => {
      said.push(text);
      if (said.length > lastLines) said.shift();
      const line = lineOf(text);
      if (line["msg"] === `the ${kind} is ready`) {
        facts = line;
        ready.resolve();
      }
      onLine(name, line);
    });
  }
  child.on("error", ready.reject);
  child.on("close", (code, signal) => {
    const how = signal === null ? `exit code ${code}` : signal;
    ready.reject(new Error(`${name} ended with ${how} before it was ready:\n${said.join("\n")}`));
    ended.resolve();
    if (!isExpected) onUnexpectedEnd(how);
  });
  return { child, ready: ready.promise, ended: ended.promise, facts: () => facts, expectEnd: () => void (isExpected = true) };
}

function lineOf(text: string): LogLine {
  try {
    const line: unknown = JSON.parse(text);
    if (typeof line === "object" && line !== null && "msg" in line) return line as LogLine;
  } catch {
    // Plain text, such as what a process says that cannot start.
  }
  return { msg: text };
}
