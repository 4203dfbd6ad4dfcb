import type { Figure } from "./figure.ts";

export type RunOptions = {
  /** How long a round of a rate is measured. */
  readonly seconds: number;
  readonly rounds: number;
  /** Prepare less than the figure asks for: it then says whether the benchmark works, and nothing about its aim. */
  readonly short: boolean;
  /** A folder of the benchmark's own. */
  readonly directory: string;
};

/** A benchmark runs in a process of its own, with garbage collection exposed. */
export type Benchmark = {
  readonly name: string;
  /** One line for `--help`. */
  readonly about: string;
  /** Real servers that it starts. Where there is one of them not on the machine, the benchmark is left out, loudly. */
  readonly needs?: "immudb" | "cluster";
  /** One figure, or several of the same preparation. Rejects where something went wrong or history is not what it must be: then there is no figure. */
  readonly run: (options: RunOptions, progress: (text: string) => void) => Promise<Figure | readonly Figure[]>;
};
