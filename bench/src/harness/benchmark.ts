import type { Figure } from "./figure.ts";

export type RunOptions = {
  /** How long a round of a rate is measured. */
  readonly seconds: number;
  readonly rounds: number;
  /** A folder of the benchmark's own. */
  readonly directory: string;
};

/** A benchmark runs in a process of its own, with garbage collection exposed. */
export type Benchmark = {
  readonly name: string;
  /** One line for `--help`. */
  readonly about: string;
  /** Rejects where something went wrong or history is not what it must be: then there is no figure. */
  readonly run: (options: RunOptions, progress: (text: string) => void) => Promise<Figure>;
};
