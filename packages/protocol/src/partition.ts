import type { Ref } from "@aethyr/kernel";
import { idToken, typeToken } from "./tokens.ts";

/** Partitions that a world may have, at most: each is a consumer of its own, and a server refuses a thousand of those. */
export const mostPartitions = 512;

export const isPartitionCount = (partitions: number): boolean =>
  Number.isInteger(partitions) && partitions >= 1 && partitions <= mostPartitions;

/**
 * The partition of an aggregate, from 0 up to `partitions`: FNV-1a (32 bits) over the two tokens of its subject, without a dot between them,
 * modulo the number of partitions. NATS puts in the same one where it maps `cmd.<world>.*.*` by `{{partition(<partitions>,1,2)}}`. Throws
 * `InvalidSubjectError` for a reference that has no subject, and `RangeError` for a number of partitions that no world has.
 */
export function partitionOf(target: Ref, partitions: number): number {
  if (!isPartitionCount(partitions)) throw new RangeError(`a world has 1 to ${mostPartitions} partitions, not ${partitions}`);
  const text = typeToken(target.type) + idToken(target.id);
  let hash = 0x811c9dc5;
  // Tokens are ASCII: a character is a byte.
  for (let index = 0; index < text.length; index += 1) hash = Math.imul(hash ^ text.charCodeAt(index), 0x01000193);
  return (hash >>> 0) % partitions;
}
