import type { Probed } from "./places.ts";

/**
 * How long each of some partitions accepted nothing after a moment: the longest time between two acceptances in a row, or between the moment and
 * the first. Where a host is killed, what it had accepted before may still be read, so that only commands count that were sent after the moment.
 */
export function pausesAfter(probed: Probed, partitions: readonly number[], sinceMs: number): readonly number[] {
  return partitions.map((partition) => {
    let longest = 0;
    let lastMs = sinceMs;
    for (const [sentMs, acceptedMs] of probed[partition] ?? []) {
      if (sentMs < sinceMs) continue;
      longest = Math.max(longest, acceptedMs - lastMs);
      lastMs = acceptedMs;
    }
    return longest;
  });
}
