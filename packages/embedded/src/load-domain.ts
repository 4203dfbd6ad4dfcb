import { statSync } from "node:fs";
import { pathToFileURL } from "node:url";
import type { Statistics } from "@aethyr/event-store";
import { AethyrError, defineDomain, type Domain, type Registration } from "@aethyr/kernel";
import { world } from "@aethyr/world";

/** A module that the configuration names cannot be loaded, or does not export what it should. */
class InvalidModuleError extends AethyrError {
  constructor(module: string, why: string, options?: ErrorOptions) {
    super("invalid_module", `the module ${module} ${why}`, { module }, options);
  }
}

/**
 * The game world, with the aggregates and extensions of the named modules (absolute paths). Rejects with `InvalidModuleError`; throws
 * `DefinitionError` where what they declare cannot work together.
 */
export async function loadDomain(modules: readonly string[]): Promise<Domain> {
  const loaded = await Promise.all(modules.map(registrationsOf));
  return defineDomain(world, ...loaded.flat());
}

async function registrationsOf(module: string): Promise<readonly Registration[]> {
  if (statSync(module, { throwIfNoEntry: false })?.isDirectory() === true) {
    throw new InvalidModuleError(module, "is a folder: name the file in it, such as index.ts");
  }
  let exported: Readonly<Record<string, unknown>>;
  try {
    exported = (await import(pathToFileURL(module).href)) as Readonly<Record<string, unknown>>;
  } catch (cause) {
    throw new InvalidModuleError(module, `cannot be loaded: ${why(cause)}`, { cause });
  }
  const { registrations } = exported;
  if (Array.isArray(registrations) && registrations.every(isRegistration)) return registrations;
  throw new InvalidModuleError(module, "must export `registrations`, a list of what `register(...)` gives");
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
