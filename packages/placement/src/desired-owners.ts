import { fractionOf } from "./hash.ts";

export type Candidate = { readonly host: string; readonly weight: number };

/**
 * The host that should own each partition, by weighted rendezvous hashing: each host gets about its share by weight, all hosts compute the same,
 * and one that comes or goes moves no partition between the others. Wishes (`pins`, partition to host) are followed where the host is among the
 * candidates. Without candidates of a weight above 0 nobody is desired.
 */
export function desiredOwners(
  candidates: readonly Candidate[],
  partitions: number,
  pins: ReadonlyMap<number, string> = new Map(),
): readonly (string | undefined)[] {
  const hosts = new Set(candidates.map(({ host }) => host));
  return Array.from({ length: partitions }, (_, partition) => {
    const pinned = pins.get(partition);
    return pinned !== undefined && hosts.has(pinned) ? pinned : highest(candidates, partition);
  });
}

function highest(candidates: readonly Candidate[], partition: number): string | undefined {
  let best: { readonly host: string; readonly score: number } | undefined;
  for (const { host, weight } of candidates) {
    if (weight <= 0) continue;
    const score = -weight / Math.log(fractionOf(`${partition} ${host}`));
    if (best === undefined || score > best.score || (score === best.score && host < best.host)) best = { host, score };
  }
  return best?.host;
}
