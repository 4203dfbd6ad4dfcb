import type { Fence, FencedEventStore } from "@aethyr/event-store";
import type { Ref } from "@aethyr/kernel";
import type { Ownership } from "../sharing/ownership.ts";

/** Who owns what, as a test says it: a host's own belief, which the log may know better. */
export type Placing = Ownership & {
  /** Raises the fence of a partition, and believes in it. */
  take(partition: number): Promise<Fence>;
  /** Believes no more that it owns the partition. */
  release(partition: number): void;
  /** Fences that the host was told are lost; it goes on believing in them. */
  readonly lost: Fence[];
};

/** An aggregate is in the partition that the last digit of its id names; without one, in partition 0. */
const partitionOf = ({ id }: Ref): string => `1/${/\d$/.exec(id)?.[0] ?? 0}`;

export function placing({ fences }: FencedEventStore): Placing {
  const owned = new Map<string, Fence>();
  const lost: Fence[] = [];
  return {
    lost,
    fenceOf: (target) => owned.get(partitionOf(target)),
    newestFence: (partition) => fences.read(partition),
    onFenced: (fence) => void lost.push(fence),
    async take(partition) {
      const fence = await fences.raise(await fences.read(`1/${partition}`));
      owned.set(fence.partition, fence);
      return fence;
    },
    release: (partition) => void owned.delete(`1/${partition}`),
  };
}
