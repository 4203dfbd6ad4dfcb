import { ref, type Ref } from "@aethyr/kernel";
import { partitionOf } from "@aethyr/protocol";
import { placementMetrics } from "../metrics.ts";
import type { Placement } from "../placement.ts";
import { partitions, type World } from "./world.ts";

/** As an owner, or a wish, of every partition. */
export const all = (host: string): readonly string[] => Array.from({ length: partitions.count }, () => host);
export const desired = (placement: Placement): readonly (string | undefined)[] => placement.view().partitions.map((the) => the.desired);
export const metric = (placement: Placement, name: string): number | undefined =>
  placementMetrics.find((the) => the.name === name)?.valueOf(placement.view());

/** A room in a partition. */
export function ofPartition(partition: number): Ref {
  for (let index = 0; ; index += 1) {
    const one = ref("room", `r${index}`);
    if (partitionOf(one, partitions.count) === partition) return one;
  }
}

/** Closes in virtual time. */
export async function close(world: World, ...placements: readonly Placement[]): Promise<void> {
  const closing = Promise.all(placements.map((placement) => placement.close()));
  await world.clock.advance(40_000);
  await closing;
}
