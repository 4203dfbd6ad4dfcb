import { spawn, type ChildProcess } from "node:child_process";
import { once } from "node:events";
import { resolve } from "node:path";

export const repository = resolve(import.meta.dirname, "../../../..");
export const cliFile = resolve(repository, "services/cli/src/main.ts");
const standaloneFile = resolve(repository, "services/standalone/src/main.ts");
export const clusterFile = resolve(repository, "infra/cluster/src/main.ts");

export type Started = {
  readonly process: ChildProcess;
  readonly stdout: () => string;
  readonly stderr: () => string;
  /** Resolves when standard output has the text; rejects with all output when the process ends before that. */
  readonly shows: (text: string) => Promise<void>;
  /** The exit code, or the signal that ended it. */
  readonly ended: Promise<number | string>;
  /** Ends it by force if it still runs. */
  [Symbol.asyncDispose](): Promise<void>;
};

export type Environment = Readonly<Record<string, string | undefined>>;

export function start(
  command: string,
  args: readonly string[],
  options: { readonly env?: Environment; readonly cwd?: string; readonly detached?: boolean } = {},
): Started {
  const { env = {}, cwd = repository, detached = false } = options;
  const child = spawn(command, args, { cwd, detached, env: { ...process.env, NO_COLOR: "1", ...env }, stdio: ["ignore", "pipe", "pipe"] });
  let out = "";
  let err = "";
  const changed = new EventTarget();
  const tell = (): void => void changed.dispatchEvent(new Event("change"));
  child.stdout.on("data", (chunk: Buffer) => {
    out += chunk.toString();
    tell();
  });
  child.stderr.on("data", (chunk: Buffer) => void (err += chunk.toString()));
  const ended = once(child, "close").then(([code, signal]: (number | string | null)[]) => code ?? signal ?? "unknown");
  let isOver = false;
  void ended.then(() => {
    isOver = true;
    tell();
  });
  return {
    process: child,
    stdout: () => out,
    stderr: () => err,
    async shows(text) {
      while (!out.includes(text)) {
        if (isOver) throw new Error(`it ended without showing ${JSON.stringify(text)}:\n${out}\n${err}`);
        await once(changed, "change");
      }
    },
    ended,
    async [Symbol.asyncDispose]() {
      child.kill("SIGKILL");
      await ended;
    },
  };
}

export const startAethyr = (args: readonly string[], env: Environment): Started => start(process.execPath, [cliFile, ...args], { env });

/** Any free ports, and no read models: their database takes longer to start than the world. */
const apart: Environment = {
  AETHYR_API_PORT: "0",
  AETHYR_GATEWAY_TELNET_PORT: "0",
  AETHYR_GATEWAY_WEBSOCKET_PORT: "0",
  AETHYR_READ_MODELS_STORE: "none",
};

/** Starts the embedded profile on a folder, without read models unless the environment says so, and waits until it runs. */
export async function startWorld(data: string, env: Environment = {}, flags: readonly string[] = []): Promise<Started> {
  const world = start(process.execPath, [standaloneFile, ...flags], {
    env: { AETHYR_DATA: data, AETHYR_LOG_LEVEL: "error", ...apart, ...env },
  });
  await world.shows("is running");
  return world;
}
