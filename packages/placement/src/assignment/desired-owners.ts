import { fractionOf } from "./hash.ts";

export type Candidate = {
  readonly host: string;
  readonly weight: number;
  /** Partitions that it cannot take for the time being. */
  readonly passes?: readonly number[] | undefined;
};

/**
 * The host that should own each partition, by weighted rendezvous hashing: each host gets about its share by weight, all hosts compute the same,
 * and one that comes or goes moves no partition between the others. Wishes (`pins`, partition to host) are followed where the host is among the
 * candidates. Whoever passes a partition over is no candidate for it, unless all do. Without candidates of a weight above 0 nobody is desired.
 */
export function desiredOwners(
  candidates: readonly Candidate[],
  partitions: number,
  pins: ReadonlyMap<number, string> = new Map(),
): readonly (string | undefined)[] {
  return Array.from({ length: partitions }, (_, partition) => {
    const those = willing(candidates, partition);
    const pinned = pins.get(partition);
    return those.some(({ host }) => host === pinned) ? pinned : highest(those, partition);
  });
}

function willing(candidates: readonly Candidate[], partition: number): readonly Candidate[] {
  const those = candidates.filter(({ passes }) => passes?.includes(partition) !== true);
  return those.some(({ weight }) => weight > 0) ? those : candidates;
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
