import { fork } from "node:child_process";
import { mkdirSync } from "node:fs";
import type { RunOptions } from "./benchmark.ts";
import type { Figure } from "./figure.ts";

export type ChildRequest = RunOptions & { readonly name: string };
export type ChildAnswer = { readonly figures: readonly Figure[] } | { readonly failed: string };

/** A benchmark ended without a figure. */
class BenchmarkFailedError extends Error {
  readonly code = "benchmark_failed";
}

export type ProcessParts = {
  readonly request: ChildRequest;
  readonly signal: AbortSignal;
  readonly nodeFlags?: readonly string[];
  /** A program and its arguments under which the process runs. */
  readonly under?: readonly [program: string, ...args: string[]];
};

/**
 * Runs one benchmark in a process of its own, so that none inherits the heap, the compiled code and the garbage of another. Rejects with
 * `BenchmarkFailedError`, or when the signal ends it.
 */
export function runInProcess({ request, signal, nodeFlags = [], under }: ProcessParts): Promise<readonly Figure[]> {
  mkdirSync(request.directory, { recursive: true });
  const flags = ["--expose-gc", ...nodeFlags];
  const [program, ...before] = under ?? [];
  return new Promise((resolve, reject) => {
    let answer: ChildAnswer | undefined;
    const child = fork(new URL("./child.ts", import.meta.url), [JSON.stringify(request)], {
      // What a benchmark prints is for the terminal; standard output is for the figures.
      stdio: ["ignore", process.stderr.fd, process.stderr.fd, "ipc"],
      ...(program === undefined ? { execArgv: flags } : { execPath: program, execArgv: [...before, process.execPath, ...flags] }),
    });
    child.on("message", (message) => {
      answer = message as ChildAnswer;
    });
    // Not before it has gone: its files are about to be removed.
    const end = (): void => void child.kill();
    signal.addEventListener("abort", end, { once: true });
    child.on("error", reject);
    child.on("exit", (code, killedBy) => {
      signal.removeEventListener("abort", end);
      if (answer !== undefined && "figures" in answer) resolve(answer.figures);
      else reject(new BenchmarkFailedError(`${request.name}: ${answer?.failed ?? `its process ended with ${killedBy ?? `code ${code}`}`}`));
    });
  });
}
