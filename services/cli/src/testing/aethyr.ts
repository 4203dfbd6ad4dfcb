import type { Io } from "../io.ts";
import { runCli } from "../run-cli.ts";
import { createIo } from "./test-io.ts";

export type Ran = { readonly code: number; readonly stdout: string; readonly stderr: string };
export type LineOptions = { readonly env?: Io["env"]; readonly stdin?: string; readonly signal?: AbortSignal };
export type Aethyr = (line: string | readonly string[], options?: LineOptions) => Promise<Ran>;

/** Runs lines of the command in this process against one data folder; `cwd` is where a configuration file would lie. */
export function createAethyr({ cwd, data }: { readonly cwd: string; readonly data: string }): Aethyr {
  return async (line, { env = {}, ...rest } = {}) => {
    const io = createIo({ cwd, env: { AETHYR_DATA: data, ...env }, ...rest });
    const code = await runCli(typeof line === "string" ? line.split(" ") : line, io);
    return { code, stdout: io.stdout.text(), stderr: io.stderr.text() };
  };
}

/** The values of an output in `ndjson`. */
export const lines = (text: string): readonly unknown[] =>
  text
    .split("\n")
    .filter((line) => line !== "")
    .map((line) => JSON.parse(line) as unknown);
