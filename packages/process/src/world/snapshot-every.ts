import type { Domain } from "@aethyr/kernel";
import { ConfigError } from "../config/errors.ts";
import type { Config } from "../config/schema.ts";

/** What the configuration says for all types, written out for each. Throws `ConfigError` for a type that there is not. */
export function snapshotEvery({ "*": all, ...named }: Config["snapshotEvery"], { aggregates }: Domain): Readonly<Record<string, number>> {
  const types = [...aggregates.keys()];
  const unknown = Object.keys(named).filter((name) => !aggregates.has(name.split("/", 1)[0] ?? ""));
  if (unknown.length > 0)
    throw new ConfigError(unknown.map((name) => `snapshotEvery.${name} is of no type of this world; types are ${types.join(", ")}`));
  return { ...(all === undefined ? {} : Object.fromEntries(types.map((type) => [type, all]))), ...named };
}
