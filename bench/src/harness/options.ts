import { parseArgs } from "node:util";

export type Options = {
  readonly help: boolean;
  readonly only: readonly string[];
  readonly seconds: number;
  readonly rounds: number;
  readonly short: boolean;
  readonly output: "table" | "json";
  readonly directory: string | undefined;
  readonly strace: boolean;
  readonly cpuProfiles: string | undefined;
};

/** What was typed is no such option, or no such value. */
export class UsageError extends Error {
  readonly code = "usage";
}

/** Reads the command line. Throws `UsageError`, saying what to type instead. `names`: the benchmarks that there are. */
export function parseOptions(args: readonly string[], names: readonly string[]): Options {
  const values = valuesOf(args);
  const asked = values.only?.split(",").filter((name) => name !== "") ?? names;
  const only = [...new Set(asked.flatMap((name) => (names.includes(name) ? [name] : groupOf(name, names))))];
  const strangers = asked.filter((name) => !names.includes(name) && groupOf(name, names).length === 0);
  if (strangers.length > 0 || only.length === 0)
    throw new UsageError(`--only ${values.only}: there is no benchmark ${strangers.join(", ")}; there are ${names.join(", ")}`);
  const { output } = values;
  if (output !== "table" && output !== "json") throw new UsageError(`--output ${output}: it is table or json`);
  return {
    help: values.help,
    only,
    seconds: numberOf("--seconds", values.seconds ?? (values.short ? "0.5" : "5"), 0.1, 600),
    rounds: numberOf("--rounds", values.rounds ?? (values.short ? "1" : "3"), 1, 100),
    short: values.short,
    output,
    directory: values.directory,
    strace: values.strace,
    cpuProfiles: values["cpu-prof"],
  };
}

/** A word that names begin with stands for all of them: `immudb` for `immudb-1`, `immudb-64`, … */
const groupOf = (word: string, names: readonly string[]): readonly string[] => names.filter((name) => name.startsWith(`${word}-`));

function valuesOf(args: readonly string[]) {
  try {
    return parseArgs({
      args: [...args],
      options: {
        help: { type: "boolean", short: "h", default: false },
        only: { type: "string" },
        seconds: { type: "string" },
        rounds: { type: "string" },
        short: { type: "boolean", default: false },
        output: { type: "string", default: "table" },
        directory: { type: "string" },
        strace: { type: "boolean", default: false },
        "cpu-prof": { type: "string" },
      },
    }).values;
  } catch (cause) {
    throw new UsageError(cause instanceof Error ? cause.message : String(cause), { cause });
  }
}

function numberOf(name: string, text: string, least: number, most: number): number {
  const value = Number(text);
  const whole = name !== "--rounds" || Number.isInteger(value);
  if (text.trim() !== "" && whole && value >= least && value <= most) return value;
  throw new UsageError(`${name} ${text}: it is a number from ${least} to ${most}`);
}
