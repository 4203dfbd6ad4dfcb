import type { Partitions } from "./options.ts";

/** A partition as leases and fences name it. */
export const partitionName = ({ mapEpoch }: Partitions, partition: number): string => `${mapEpoch}/${partition}`;

/** Its number; undefined for one of another map. */
export function partitionNumber({ count, mapEpoch }: Partitions, name: string): number | undefined {
  const [epoch, number, ...rest] = name.split("/");
  const partition = Number(number);
  const known = epoch === String(mapEpoch) && rest.length === 0 && number === String(partition) && partition >= 0 && partition < count;
  return known ? partition : undefined;
}

/** How a member names the map that it works with. */
export const mapName = ({ count, mapEpoch }: Partitions): string => `${mapEpoch}/${count}`;
