import { spawn, type ChildProcess } from "node:child_process";
import { once } from "node:events";
import { resolve } from "node:path";

const main = resolve(import.meta.dirname, "../main.ts");

export type Standalone = {
  readonly process: ChildProcess;
  readonly output: () => { readonly out: string; readonly err: string };
  readonly ended: Promise<{ readonly code: number | null; readonly signal: string | null; readonly out: string; readonly err: string }>;
  readonly shows: (text: string) => Promise<void>;
};

export type Environment = Readonly<Record<string, string>>;

/** Any free ports for players, and no read models: their database takes longer to start than the world. */
const apart: Environment = {
  AETHYR_GATEWAY_TELNET_PORT: "0",
  AETHYR_GATEWAY_WEBSOCKET_PORT: "0",
  AETHYR_READ_MODELS_STORE: "none",
};

/** Runs the program as people do; nothing of this process's own environment configures it, but where stripped code is kept, which saves a second. */
export function runStandalone(cwd: string, args: readonly string[], env: Environment = {}): Standalone {
  const child = spawn(process.execPath, [main, ...args], {
    cwd,
    env: { PATH: process.env["PATH"], NODE_COMPILE_CACHE: process.env["NODE_COMPILE_CACHE"], ...apart, ...env },
    stdio: ["ignore", "pipe", "pipe"],
  });
  let out = "";
  let err = "";
  let look = (): void => undefined;
  const add = (chunk: Buffer, to: (text: string) => void): void => {
    to(chunk.toString());
    look();
  };
  child.stdout.on("data", (chunk: Buffer) => add(chunk, (text) => (out += text)));
  child.stderr.on("data", (chunk: Buffer) => add(chunk, (text) => (err += text)));
  const ended = once(child, "close").then(([code, signal]: (number | string | null)[]) => ({
    code: code as number | null,
    signal: signal as string | null,
    out,
    err,
  }));
  return {
    process: child,
    output: () => ({ out, err }),
    ended,
    async shows(text) {
      const shown = new Promise<void>((done) => {
        look = () => {
          if (`${out}${err}`.includes(text)) done();
        };
        look();
      });
      await Promise.race([
        shown,
        ended.then((end) => Promise.reject(new Error(`it ended without showing ${text}: ${JSON.stringify(end)}`))),
      ]);
    },
  };
}
