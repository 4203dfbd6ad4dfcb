import { readFileSync } from "node:fs";
import { resolve } from "node:path";
import { jsonFault } from "@aethyr/proof";
import type { z } from "zod";
import { contradictions } from "./contradictions.ts";
import { ConfigError } from "./errors.ts";
import { givenByEnvironment, givenByFile, givenByFlags, isObject, type Collected, type Given } from "./given.ts";
import { configKeys, type ConfigKey } from "./keys.ts";
import { Config } from "./schema.ts";

export type ConfigSources = {
  /** By name without dashes, such as `{ "api-port": "0" }`; `config` names the file. */
  readonly flags?: Readonly<Record<string, string>>;
  readonly env?: Readonly<Record<string, string | undefined>>;
  /** Where the file lies, and what relative paths are relative to. */
  readonly cwd?: string;
};

/** A key with the value it has, and where that comes from: a file, `environment NAME`, `--flag` or `default`. Secrets are masked. */
export type ConfigEntry = ConfigKey & { readonly value: unknown; readonly source: string };

export type LoadedConfig = {
  readonly config: Config;
  /** The file that was read, if there is one. */
  readonly file: string | undefined;
  /** What was taken, but should be given otherwise. */
  readonly warnings: readonly string[];
  /** For people to look at, in the order of the schema. */
  readonly entries: readonly ConfigEntry[];
};

export const configFileName = "aethyr.config.json";
const mask = "********";

/**
 * The configuration of a world: defaults, then the file, then the environment, then flags; the later one counts. Throws `ConfigError` with all
 * that is wrong: unknown keys, values that are not allowed, in any source, even where a later one takes its place.
 */
export function loadConfig({ flags = {}, env = process.env, cwd = process.cwd() }: ConfigSources = {}): LoadedConfig {
  const { config: fileFlag, ...keyFlags } = flags;
  const named = fileFlag ?? env["AETHYR_CONFIG"];
  const file = resolve(cwd, named ?? configFileName);
  const contents = readConfigFile(file, named !== undefined);
  const sources: readonly Collected[] = [
    contents === undefined ? none : givenByFile(contents, file),
    givenByEnvironment(env),
    givenByFlags(keyFlags),
  ];

  const problems = sources.flatMap((source) => [...source.problems, ...source.given.flatMap(problemsOf)]);
  if (problems.length > 0) throw new ConfigError(problems);
  const given = sources.flatMap((source) => source.given);
  const config = frozen(withFullPaths(Config.parse(assembled(given)), cwd));
  const contradicting = contradictions(config);
  if (contradicting.length > 0) throw new ConfigError(contradicting);
  return {
    config,
    file: contents === undefined ? undefined : file,
    warnings: sources.flatMap(({ warnings }) => warnings),
    entries: configKeys.map((key) => {
      const value = at(config, key.key.split("."));
      return {
        ...key,
        value: key.secret && value !== undefined ? mask : value,
        source: given.findLast((each) => each.key === key)?.source ?? "default",
      };
    }),
  };
}

/** Paths that a source gives are relative to the working directory. */
function withFullPaths(
  { data, modules, immudb, checkpoints, nats, ...rest }: z.output<typeof Config>,
  cwd: string,
): z.output<typeof Config> {
  const full = <K extends string>(key: K, path: string | undefined): { readonly [key in K]?: string } =>
    path === undefined ? {} : ({ [key]: resolve(cwd, path) } as { [key in K]: string });
  const tlsFiles = ({ ca, certificate, key }: { readonly [name in "ca" | "certificate" | "key"]?: string | undefined }) => ({
    ...full("ca", ca),
    ...full("certificate", certificate),
    ...full("key", key),
  });
  return {
    ...rest,
    data: resolve(cwd, data),
    modules: modules.map((module) => resolve(cwd, module)),
    checkpoints: { ...checkpoints, ...full("file", checkpoints.file) },
    immudb: {
      ...immudb,
      ...full("passwordFile", immudb.passwordFile),
      ...full("signingKey", immudb.signingKey),
      tls: { ...immudb.tls, ...tlsFiles(immudb.tls) },
    },
    nats: { ...nats, ...full("passwordFile", nats.passwordFile), tls: { ...nats.tls, ...tlsFiles(nats.tls) } },
  };
}

const none: Collected = { given: [], problems: [], warnings: [] };

function readConfigFile(file: string, mustExist: boolean): Readonly<Record<string, unknown>> | undefined {
  let text: string;
  try {
    text = readFileSync(file, "utf8");
  } catch (error) {
    if (!mustExist && error instanceof Error && "code" in error && error.code === "ENOENT") return undefined;
    throw new ConfigError([`${file} cannot be read: ${error instanceof Error ? error.message : String(error)}`]);
  }
  let contents: unknown;
  try {
    contents = JSON.parse(text);
  } catch {
    // Where, and nothing of it: there may be passwords in it.
    throw new ConfigError([`${file} is no JSON: look at ${jsonFault(text)}`]);
  }
  if (isObject(contents)) return contents;
  throw new ConfigError([`${file} must hold one JSON object`]);
}

function problemsOf(given: Given): readonly string[] {
  if (Config.safeParse(assembled([given])).success) return [];
  const { key, path, value, source } = given;
  return [`${path.join(".")} from ${source} cannot be ${key.secret ? "what it is (not shown)" : shown(value)}; allowed: ${key.allowed}`];
}

/** The values as one object, each at its place, the later over the earlier. */
function assembled(given: readonly Given[]): Readonly<Record<string, unknown>> {
  const whole: Record<string, unknown> = {};
  for (const { path, value } of given) {
    let place = whole;
    for (const name of path.slice(0, -1)) place = (place[name] ??= {}) as Record<string, unknown>;
    place[path.at(-1) ?? ""] = isObject(value) ? { ...value } : value;
  }
  return whole;
}

function shown(value: unknown): string {
  const text = JSON.stringify(value) ?? String(value);
  return text.length > 120 ? `${text.slice(0, 120)}…` : text;
}

const at = (object: unknown, path: readonly string[]): unknown =>
  path.reduce<unknown>((place, name) => (isObject(place) ? place[name] : undefined), object);

function frozen<T>(value: T): T {
  if (isObject(value)) for (const part of Object.values(value)) frozen(part);
  return Object.freeze(value);
}
