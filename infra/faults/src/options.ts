import { randomInt } from "node:crypto";
import { parseArgs } from "node:util";

export type Options = {
  readonly help: boolean;
  /** The faults of a whole cluster, instead of those around one log. */
  readonly cluster: boolean;
  readonly rounds: number;
  readonly seed: number;
  readonly only: readonly string[];
  readonly output: "table" | "ndjson";
  /** Where the rounds have their folders; undefined: the system's place for temporary files. */
  readonly directory: string | undefined;
};

/** What was typed is no such option, or no such value. */
export class UsageError extends Error {
  readonly code = "usage";
}

const largestSeed = 2 ** 32 - 1;
const mostRounds = 10_000;

/** Reads the command line. Throws `UsageError`, saying what to type instead. `all`: the faults that there are, around one log and of a cluster. */
export function parseOptions(
  args: readonly string[],
  all: { readonly log: readonly string[]; readonly cluster: readonly string[] },
): Options {
  const values = valuesOf(args);
  const names = values.cluster ? all.cluster : all.log;
  const only = values.only?.split(",").filter((name) => name !== "") ?? names;
  const strangers = only.filter((name) => !names.includes(name));
  if (strangers.length > 0 || only.length === 0)
    throw new UsageError(`--only ${values.only}: there is no fault ${strangers.join(", ")}; there are ${names.join(", ")}`);
  const { output } = values;
  if (output !== "table" && output !== "ndjson") throw new UsageError(`--output ${output}: it is table or ndjson`);
  return {
    help: values.help,
    cluster: values.cluster,
    rounds: wholeNumber("--rounds", values.rounds, 1, mostRounds),
    seed: values.seed === undefined ? randomInt(largestSeed) : wholeNumber("--seed", values.seed, 0, largestSeed),
    only: [...new Set(only)],
    output,
    directory: values.directory,
  };
}

function valuesOf(args: readonly string[]) {
  try {
    return parseArgs({
      args: args.filter((argument) => argument !== "--"),
      options: {
        help: { type: "boolean", short: "h", default: false },
        cluster: { type: "boolean", default: false },
        rounds: { type: "string", default: "5" },
        seed: { type: "string" },
        only: { type: "string" },
        output: { type: "string", default: "table" },
        directory: { type: "string" },
      },
    }).values;
  } catch (cause) {
    throw new UsageError(cause instanceof Error ? cause.message : String(cause), { cause });
  }
}

function wholeNumber(name: string, text: string, least: number, most: number): number {
  const value = Number(text);
  if (text.trim() !== "" && Number.isInteger(value) && value >= least && value <= most) return value;
  throw new UsageError(`${name} ${text}: it is a whole number from ${least} to ${most}`);
}
