import { statSync } from "node:fs";
import { pathToFileURL } from "node:url";
import type { Statistics } from "@aethyr/event-store";
import { AethyrError, defineDomain, type Domain, type Registration } from "@aethyr/kernel";
import type { Projection } from "@aethyr/projections";
import { world } from "@aethyr/world";

/** A module that the configuration names cannot be loaded, or does not export what it should. */
class InvalidModuleError extends AethyrError {
  constructor(module: string, why: string, options?: ErrorOptions) {
    super("invalid_module", `the module ${module} ${why}`, { module }, options);
  }
}

/** What lives in a world, and the read models that its modules add to those that every world has. */
export type Loaded = { readonly domain: Domain; readonly projections: readonly Projection[] };

/**
 * The game world, with what the named modules (absolute paths) export: `registrations`, aggregates and extensions, and `projections`, read
 * models; each may be left out. Rejects with `InvalidModuleError`; throws `DefinitionError` where what they declare cannot work together.
 */
export async function loadModules(modules: readonly string[]): Promise<Loaded> {
  const loaded = await Promise.all(modules.map(exportsOf));
  return {
    domain: defineDomain(world, ...loaded.flatMap(({ registrations }) => registrations)),
    projections: loaded.flatMap(({ projections }) => projections),
  };
}

/** The same without read models. */
export const loadDomain = async (modules: readonly string[]): Promise<Domain> => (await loadModules(modules)).domain;

type Exports = { readonly registrations: readonly Registration[]; readonly projections: readonly Projection[] };

async function exportsOf(module: string): Promise<Exports> {
  if (statSync(module, { throwIfNoEntry: false })?.isDirectory() === true) {
    throw new InvalidModuleError(module, "is a folder: name the file in it, such as index.ts");
  }
  let exported: Readonly<Record<string, unknown>>;
  try {
    exported = (await import(pathToFileURL(module).href)) as Readonly<Record<string, unknown>>;
  } catch (cause) {
    throw new InvalidModuleError(module, `cannot be loaded: ${why(cause)}`, { cause });
  }
  const { registrations = [], projections = [] } = exported;
  if (exported["registrations"] === undefined && exported["projections"] === undefined)
    throw new InvalidModuleError(module, "must export `registrations`, a list of what `register(...)` gives, or `projections`");
  if (!Array.isArray(registrations) || !registrations.every(isRegistration))
    throw new InvalidModuleError(module, "exports `registrations`, which is no list of what `register(...)` gives");
  if (!Array.isArray(projections) || !projections.every(isProjection))
    throw new InvalidModuleError(module, "exports `projections`, which is no list of what `projection(...)` gives");
  return { registrations, projections };
}

function why(cause: unknown): string {
  if (!(cause instanceof Error)) return String(cause);
  // Of a mistake in a file that it imports, only the stack's first line tells which file and line.
  const [place = ""] = (cause.stack ?? "").split("\n");
  return place.includes("file:") && !place.includes(cause.message) ? `${cause.message} (${place})` : cause.message;
}

/** Event and aggregate types that a log holds and a domain does not know: a module is missing that was there when they were written. */
export function unknownTypes(
  domain: Domain,
  { aggregate_types, event_types }: Pick<Statistics, "aggregate_types" | "event_types">,
): readonly string[] {
  const kinds = [...domain.aggregates.values()];
  const events = new Set(kinds.flatMap((kind) => [...kind.events.keys()]));
  return [
    ...Object.keys(aggregate_types).filter((type) => !domain.aggregates.has(type)),
    ...Object.keys(event_types).filter((type) => !events.has(type)),
  ];
}

const isRegistration = (value: unknown): value is Registration =>
  typeof value === "object" && value !== null && "aggregate" in value && "commands" in value;

const isProjection = (value: unknown): value is Projection =>
  typeof value === "object" && value !== null && "tables" in value && "migrations" in value;
