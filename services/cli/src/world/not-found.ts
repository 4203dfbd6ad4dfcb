import { pathOf, type Ref } from "@aethyr/kernel";
import type { Moment, Operations } from "@aethyr/operator";
import { loadDomain, type Config } from "@aethyr/process";
import { CliError } from "../errors.ts";
import type { Call } from "../verb.ts";

/** Why there is no answer about an aggregate: there is none, there is none at that moment, or nobody here knows its type. */
export async function notFound(
  call: Pick<Call, "config">,
  { operations, isRunning }: { readonly operations: Pick<Operations, "showAggregate" | "history">; readonly isRunning: boolean },
  ref: Ref,
  at?: Moment,
): Promise<CliError> {
  const details = { aggregate: pathOf(ref) };
  const [event] = await operations.history(ref, { limit: 1 });
  // There it is, in the log: only its rules are missing.
  const isUnknown = event === undefined ? !(await knowsType(call.config().config, ref.type)) : !(await operations.showAggregate(ref));
  if (isUnknown) {
    const where = isRunning ? ", where the world is started" : "";
    const none = event === undefined ? `there is no ${pathOf(ref)}, and ` : "";
    return new CliError("unknown_aggregate_type", `${none}${unknownType(ref.type)}${where}`, details);
  }
  if (at === undefined || event === undefined) return new CliError("not_found", `there is no ${pathOf(ref)}`, details);
  if (typeof at === "string") return new CliError("not_found", `there was no ${pathOf(ref)} at ${at}: it begins at ${event.time}`, details);
  const newest = await operations.showAggregate(ref);
  const version = newest === undefined ? "" : `: it is at version ${newest.version}`;
  return new CliError("not_found", `${pathOf(ref)} has not come to version ${at}${version}`, details);
}

export const noSuchLetter = (number: number): CliError =>
  new CliError("not_found", `there is no dead letter ${number}, or no longer`, { number });

export const unknownType = (type: string): string =>
  `nothing here knows an aggregate type ${type}: name the module that it comes from with AETHYR_MODULES or --modules`;

async function knowsType({ modules }: Pick<Config, "modules">, type: string): Promise<boolean> {
  return (await loadDomain(modules)).aggregates.has(type);
}
