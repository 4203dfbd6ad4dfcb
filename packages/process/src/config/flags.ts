import { parseArgs } from "node:util";
import { ConfigError } from "./errors.ts";
import { configKeys } from "./keys.ts";

export type ParsedFlags = { readonly flags: Readonly<Record<string, string>>; readonly help: boolean };

const fileFlag = { flag: "config", meaning: "File of the configuration; ./aethyr.config.json without it", fallback: "" };

/** Reads a command line that carries nothing but flags of the configuration, and `--help`. Throws `ConfigError`. */
export function parseFlags(args: readonly string[]): ParsedFlags {
  const names = [fileFlag.flag, ...configKeys.flatMap(({ flag }) => (flag === undefined ? [] : [flag]))];
  const options = Object.fromEntries(names.map((name) => [name, { type: "string" as const }]));
  try {
    const { values } = parseArgs({
      args: [...args],
      options: { ...options, help: { type: "boolean", short: "h" } },
      strict: true,
      allowPositionals: false,
    });
    const { help = false, ...flags } = values;
    return { flags: Object.fromEntries(Object.entries(flags).map(([name, value]) => [name, String(value)])), help };
  } catch (error) {
    throw new ConfigError([`${error instanceof Error ? error.message : String(error)} (--help lists all flags)`]);
  }
}

/** One line for each flag. */
export function flagsHelp(): string {
  const rows = [
    fileFlag,
    ...configKeys.flatMap(({ flag, meaning, default: value }) =>
      flag === undefined ? [] : [{ flag, meaning, fallback: defaultText(value) }],
    ),
  ];
  const width = Math.max(...rows.map(({ flag }) => flag.length)) + 4;
  return rows
    .map(
      ({ flag, meaning, fallback }) =>
        `  ${`--${flag}`.padEnd(width)} ${meaning.replaceAll("`", "")}${fallback === "" ? "" : ` [${fallback}]`}`,
    )
    .join("\n");
}

/** A default as it is written down: `{}`, `[]` and nothing are no text. */
export const defaultText = (value: unknown): string =>
  Array.isArray(value)
    ? value.join(",")
    : typeof value === "string"
      ? value
      : typeof value === "number" || typeof value === "boolean"
        ? String(value)
        : "";
