import { PassThrough, Readable } from "node:stream";
import type { Io, Output } from "../io.ts";

export type Terminal = { readonly columns: number };

/** An output that remembers what was written; a terminal, if it has columns. */
export function createOutput(terminal?: Terminal): Output & { readonly text: () => string } {
  const stream = new PassThrough();
  const chunks: string[] = [];
  stream.on("data", (chunk: Buffer) => void chunks.push(chunk.toString()));
  return Object.assign(stream, {
    text: () => chunks.join(""),
    ...(terminal === undefined ? {} : { isTTY: true, columns: terminal.columns }),
  });
}

export type TestIo = Io & { readonly stdout: ReturnType<typeof createOutput>; readonly stderr: ReturnType<typeof createOutput> };

/** What a call sees of the world, without a terminal unless told; `env` stands alone. */
export function createIo(options: {
  readonly env?: Io["env"];
  readonly cwd: string;
  readonly stdin?: string;
  readonly signal?: AbortSignal;
  readonly terminal?: Terminal;
}): TestIo {
  const { env = {}, cwd, stdin = "", signal = new AbortController().signal, terminal } = options;
  return {
    stdin: Readable.from([stdin]),
    stdout: createOutput(terminal),
    stderr: createOutput(terminal),
    env,
    cwd,
    pathsFrom: cwd,
    signal,
  };
}
