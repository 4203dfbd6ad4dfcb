import type { Ref } from "@aethyr/kernel";
import type { Fence } from "@aethyr/event-store";
import { refused, type Refused } from "@aethyr/protocol";

/** Which aggregates a host may decide on, where several hosts share a world: whoever places them says so at any moment. */
export type Ownership = {
  /** The fence that commits on this target carry; undefined: another host has it, or nobody. */
  fenceOf(target: Ref): Fence | undefined;
  /** The newest fence of a partition, as the log has it: `Fences.read`. */
  newestFence(partition: string): Promise<Fence>;
  /** The log says that somebody else raised this fence; told once for each. */
  onFenced(fence: Fence): void;
};

/** A host's own view of it, which knows of a lost fence at once. */
export type Owning = {
  /** As in `Ownership`, but for fences that were lost. */
  fenceOf(target: Ref): Fence | undefined;
  owns(target: Ref): boolean;
  /** It owns the target, and has all the time since it was given this fence: nobody else has owned it in between. */
  holds(target: Ref, fence: Fence | undefined): boolean;
  lose(fence: Fence): void;
  /** Asks the log whether these fences are the newest still, and loses those that are not. Rejects where the log does not answer. */
  ascertain(fences: readonly (Fence | undefined)[]): Promise<void>;
  /** There are other hosts. */
  readonly shared: boolean;
};

/** A host without an `Ownership` has the world to itself: it owns everything, and its commits carry no fence. */
export function createOwning(ownership: Ownership | undefined): Owning {
  if (ownership === undefined)
    return {
      fenceOf: () => undefined,
      owns: () => true,
      holds: () => true,
      lose: () => undefined,
      ascertain: async () => undefined,
      shared: false,
    };
  /** By partition, the epoch up to which it is lost. */
  const lost = new Map<string, number>();
  const isLost = ({ partition, epoch }: Fence): boolean => epoch <= (lost.get(partition) ?? -1);
  const fenceOf = (target: Ref): Fence | undefined => {
    const fence = ownership.fenceOf(target);
    return fence === undefined || isLost(fence) ? undefined : fence;
  };
  const lose = (fence: Fence): void => {
    if (isLost(fence)) return;
    lost.set(fence.partition, fence.epoch);
    ownership.onFenced(fence);
  };
  return {
    shared: true,
    fenceOf,
    owns: (target) => fenceOf(target) !== undefined,
    holds: (target, fence) => fence !== undefined && fenceOf(target)?.token === fence.token,
    lose,
    async ascertain(fences) {
      const these = new Map<string, Fence>();
      for (const fence of fences) if (fence !== undefined && !isLost(fence)) these.set(`${fence.partition} ${fence.token}`, fence);
      await Promise.all(
        [...these.values()].map(async (fence) => {
          const newest = await ownership.newestFence(fence.partition);
          if (newest.token !== fence.token) lose(fence);
        }),
      );
    },
  };
}

/** What a host says of a command that is another host's to decide. */
export const notOwned = (commandId: string): Refused =>
  refused(commandId, "unavailable", "this host does not have the aggregate now; nothing was applied: send the command again");
