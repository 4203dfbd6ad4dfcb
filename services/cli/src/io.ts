import type { Readable, Writable } from "node:stream";

/** The input of the process; a terminal has these fields, and does not show what is typed while its mode is raw. */
export type Input = Readable & { readonly isTTY?: boolean; readonly setRawMode?: (raw: boolean) => unknown };

/** An output of the process; the fields of a terminal are there if it is one. */
export type Output = Writable & { readonly isTTY?: boolean; readonly columns?: number };

/** Everything that a call has of the world around it. */
export type Io = {
  readonly stdin: Input;
  /** Data and help, nothing else. */
  readonly stdout: Output;
  /** Errors, warnings, notes, progress. */
  readonly stderr: Output;
  readonly env: Readonly<Record<string, string | undefined>>;
  /** Where the configuration lies, and what its paths are relative to. */
  readonly cwd: string;
  /** What paths on the command line are relative to: where the person stands who types them. */
  readonly pathsFrom: string;
  readonly signal: AbortSignal;
};

/** Columns of the terminal; undefined for what is none, and for one that does not know its size. */
export const columnsOf = ({ isTTY, columns = 0 }: Output): number | undefined => (isTTY === true && columns > 0 ? columns : undefined);

/** Whether to paint. `NO_COLOR` with any value that is not empty forbids it. */
export const hasColor = (output: Output, env: Io["env"]): boolean =>
  output.isTTY === true && (env["NO_COLOR"] ?? "") === "" && env["TERM"] !== "dumb";

/** Resolves when more can be written; rejects when nobody reads any more. */
export async function write(output: Output, text: string): Promise<void> {
  const { promise, resolve, reject } = Promise.withResolvers<void>();
  output.write(text, (error) => (error ? reject(error) : resolve()));
  await promise;
}
