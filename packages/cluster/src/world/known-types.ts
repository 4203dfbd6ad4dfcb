import type { Domain } from "@aethyr/kernel";
import { ClusterError } from "../errors.ts";

/**
 * What a process can read of a world: each aggregate type, and each event type of it as `<aggregate>.<event>`, in order. Both are stored names,
 * which stay for ever, so that a later release knows all that an earlier one knew; commands are not.
 */
export const knownTypes = (domain: Domain): readonly string[] =>
  [...domain.aggregates].flatMap(([type, { events }]) => [type, ...[...events.keys()].map((event) => `${type}.${event}`)]).toSorted();

/** What `own` lacks of `known`: an aggregate that is missing as a whole stands for its events. */
export function missingTypes(known: readonly string[], own: readonly string[]): readonly string[] {
  const has = new Set(own);
  return known.filter((name) => {
    const [type = ""] = name.split(".");
    return !has.has(name) && (name === type || has.has(type));
  });
}

/** What a host says that would refuse, or could not read, what the others of its world can. */
export const otherModules = (missing: readonly string[]): ClusterError =>
  new ClusterError(
    "other_modules",
    `the hosts of this world know ${listed(missing)}, and this one does not: give it the release and the \`modules\` that they have. ` +
      "Where it is to leave the world for good, start every host once with placement.fewerTypes",
    { missing: [...missing] },
  );

const mostListed = 8;
export const listed = (types: readonly string[]): string =>
  types.length <= mostListed ? types.join(", ") : `${types.slice(0, mostListed).join(", ")} and ${types.length - mostListed} more`;
