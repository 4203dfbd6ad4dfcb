import { configKeys, type ConfigKey } from "./keys.ts";
import { oldEnvironment, oldKeys } from "./old-names.ts";

/** A value somebody gave for a key, and where. `path` is longer than the key's own where one entry of a map is given. */
export type Given = { readonly key: ConfigKey; readonly path: readonly string[]; readonly value: unknown; readonly source: string };
export type Collected = { readonly given: readonly Given[]; readonly problems: readonly string[]; readonly warnings: readonly string[] };

/** Variables of the same prefix that are read elsewhere: by the commands about servers, by hosts on a bus, and to find the file. */
const otherVariables: ReadonlySet<string> = new Set(["AETHYR_CONFIG", "AETHYR_CACHE"]);

const byKey = new Map(configKeys.map((key) => [key.key, key]));
const byEnv = new Map(configKeys.map((key) => [key.env, key]));
const byFlag = new Map(configKeys.flatMap((key) => (key.flag === undefined ? [] : [[key.flag, key]])));

/** What a file's contents give. */
export function givenByFile(contents: Readonly<Record<string, unknown>>, file: string): Collected {
  const given: Given[] = [];
  const problems: string[] = [];
  const walk = (object: Readonly<Record<string, unknown>>, prefix: readonly string[]): void => {
    for (const [name, value] of Object.entries(object)) {
      const path = [...prefix, name];
      const text = path.join(".");
      const key = byKey.get(text);
      const inside = configKeys.some((each) => each.key.startsWith(`${text}.`));
      if (key !== undefined) given.push({ key, path, value, source: file });
      else if (inside && isObject(value)) walk(value, path);
      else if (inside) problems.push(`${text} in ${file} must be an object`);
      else problems.push(`${text} in ${file} is no key: ${hint(text)}`);
    }
  };
  walk(contents, []);
  return { given, problems, warnings: [] };
}

/** What the environment gives. */
export function givenByEnvironment(env: Readonly<Record<string, string | undefined>>): Collected {
  const given: Given[] = [];
  const problems: string[] = [];
  const warnings: string[] = [];
  for (const [name, text] of Object.entries(env)) {
    if (text === undefined || otherVariables.has(name)) continue;
    const key = byEnv.get(name);
    const old = oldEnvironment[name];
    const source = `environment ${name}`;
    if (key !== undefined) given.push({ key, path: key.key.split("."), value: valueOf(key, text), source });
    else if (name.startsWith("AETHYR_")) problems.push(`environment ${name} is no key: ${hint(name.slice("AETHYR_".length))}`);
    else if (old !== undefined && "refused" in old) problems.push(`environment ${name} is of the old configuration: ${old.refused}`);
    else if (old !== undefined) {
      const now = byKey.get(old.key);
      if (now === undefined) continue;
      given.unshift({ key: now, path: old.path, value: wholeOr(text), source });
      warnings.push(`environment ${name} is of the old configuration: taken as ${old.path.join(".")}; use ${now.env} instead`);
    }
  }
  return { given, problems, warnings };
}

/** What the command line gives; names without dashes. */
export function givenByFlags(flags: Readonly<Record<string, string>>): Collected {
  const given: Given[] = [];
  const problems: string[] = [];
  for (const [name, text] of Object.entries(flags)) {
    const key = byFlag.get(name);
    if (key === undefined) problems.push(`--${name} is no flag: ${hint(name)}`);
    else given.push({ key, path: key.key.split("."), value: valueOf(key, text), source: `--${name}` });
  }
  return { given, problems, warnings: [] };
}

/** The text of a variable or flag as the value it stands for; what it cannot be read as stays text, and is refused as such. */
function valueOf({ kind }: ConfigKey, text: string): unknown {
  if (kind === "number") return wholeOr(text);
  if (kind === "boolean") return text === "true" ? true : text === "false" ? false : text;
  if (kind === "text") return text;
  if (kind === "list") return text === "" ? [] : text.split(",").map((item) => item.trim());
  const pairs = text.split(",").map((pair) => pair.split("="));
  if (text === "") return {};
  return pairs.every((pair) => pair.length === 2)
    ? Object.fromEntries(pairs.map(([name = "", value = ""]) => [name.trim(), wholeOr(value.trim())]))
    : text;
}

const wholeOr = (text: string): number | string => (/^-?\d{1,15}$/.test(text) ? Number(text) : text);

function hint(name: string): string {
  const old = oldKeys[name] ?? oldKeys[name.split(".")[0] ?? ""];
  if (old !== undefined) return old;
  const like = configKeys.find(
    ({ key }) => plain(key) === plain(name) || plain(key.split(".").at(-1) ?? "") === plain(name.split(".").at(-1) ?? ""),
  );
  return like === undefined ? `keys are ${configKeys.map(({ key }) => key).join(", ")}` : `did you mean ${like.key}?`;
}

const plain = (name: string): string => name.toLowerCase().replaceAll(/[^a-z0-9]/g, "");
export const isObject = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === "object" && value !== null && !Array.isArray(value);
