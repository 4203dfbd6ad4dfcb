import { desiredOwners, type Candidate } from "./desired-owners.ts";
import { partitionNumber } from "../partition-name.ts";
import type { Partitions } from "../options.ts";

/** `desiredOwners` of a world, computed anew only where something is different. */
export function createDesires(partitions: Partitions) {
  let last: { readonly key: string; readonly owners: readonly (string | undefined)[] } | undefined;
  return (candidates: readonly Candidate[], pins: ReadonlyMap<string, string>): readonly (string | undefined)[] => {
    const wishes = new Map<number, string>();
    for (const [name, host] of pins) {
      const partition = partitionNumber(partitions, name);
      if (partition !== undefined) wishes.set(partition, host);
    }
    const key = JSON.stringify([
      candidates.map(({ host, weight, passes = [] }) => `${host} ${weight} ${passes.join()}`).sort(),
      [...wishes],
    ]);
    if (last?.key !== key) last = { key, owners: desiredOwners(candidates, partitions.count, wishes) };
    return last.owners;
  };
}
