import { randomInt } from "node:crypto";
import { parseArgs } from "node:util";

export type Options = {
  readonly help: boolean;
  /** The faults of a whole cluster, instead of those around one log. */
  readonly cluster: boolean;
  /** Of the whole cluster. */
  readonly natsServers: 1 | 3;
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

/** Names of the faults that there are: around one log, and of a cluster with so many NATS servers. */
export type FaultNames = { readonly log: readonly string[]; readonly cluster: Readonly<Record<1 | 3, readonly string[]>> };

/** Reads the command line. Throws `UsageError`, saying what to type instead. */
export function parseOptions(args: readonly string[], all: FaultNames): Options {
  const values = valuesOf(args);
  const { "nats-servers": servers } = values;
  if (servers !== "1" && servers !== "3") throw new UsageError(`--nats-servers ${servers}: it is 1 or 3`);
  if (servers === "3" && !values.cluster) throw new UsageError("--nats-servers is of no use without --cluster");
  const natsServers = servers === "3" ? 3 : 1;
  const names = values.cluster ? all.cluster[natsServers] : all.log;
  const only = values.only?.split(",").filter((name) => name !== "") ?? names;
  const strangers = only.filter((name) => !names.includes(name));
  if (strangers.length > 0 || only.length === 0)
    throw new UsageError(
      `--only ${values.only}: there is no fault ${strangers.join(", ")}${whereTheyAre(strangers, all)}; there are ${names.join(", ")}`,
    );
  const { output } = values;
  if (output !== "table" && output !== "ndjson") throw new UsageError(`--output ${output}: it is table or ndjson`);
  return {
    help: values.help,
    cluster: values.cluster,
    natsServers,
    rounds: wholeNumber("--rounds", values.rounds, 1, mostRounds),
    seed: values.seed === undefined ? randomInt(largestSeed) : wholeNumber("--seed", values.seed, 0, largestSeed),
    only: [...new Set(only)],
    output,
    directory: values.directory,
  };
}

const whereTheyAre = (names: readonly string[], { cluster }: FaultNames): string =>
  names.length > 0 && names.every((name) => cluster[3].includes(name)) ? " here, but with --cluster --nats-servers 3" : "";

function valuesOf(args: readonly string[]) {
  try {
    return parseArgs({
      args: args.filter((argument) => argument !== "--"),
      options: {
        help: { type: "boolean", short: "h", default: false },
        cluster: { type: "boolean", default: false },
        "nats-servers": { type: "string", default: "1" },
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
