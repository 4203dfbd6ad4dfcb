import type { Ref } from "@aethyr/kernel";
import type { Fence } from "@aethyr/event-store";
import { refused, type Refused } from "@aethyr/protocol";

/** Which aggregates a host may decide on, where several hosts share a world: whoever places them says so at any moment. */
export type Ownership = {
  /** The fence that commits on this target carry; undefined: another host has it, or nobody. */
  fenceOf(target: Ref): Fence | undefined;
  /** The log says that somebody else raised this fence; told once for each. */
  onFenced(fence: Fence): void;
};

/** A host's own view of it, which knows of a lost fence at once. */
export type Owning = {
  /** As in `Ownership`, but for fences that were lost. */
  fenceOf(target: Ref): Fence | undefined;
  owns(target: Ref): boolean;
  lose(fence: Fence): void;
  /** There are other hosts. */
  readonly shared: boolean;
};

/** A host without an `Ownership` has the world to itself: it owns everything, and its commits carry no fence. */
export function createOwning(ownership: Ownership | undefined): Owning {
  if (ownership === undefined) return { fenceOf: () => undefined, owns: () => true, lose: () => undefined, shared: false };
  /** By partition, the epoch up to which it is lost. */
  const lost = new Map<string, number>();
  const isLost = ({ partition, epoch }: Fence): boolean => epoch <= (lost.get(partition) ?? -1);
  const fenceOf = (target: Ref): Fence | undefined => {
    const fence = ownership.fenceOf(target);
    return fence === undefined || isLost(fence) ? undefined : fence;
  };
  return {
    shared: true,
    fenceOf,
    owns: (target) => fenceOf(target) !== undefined,
    lose(fence) {
      if (isLost(fence)) return;
      lost.set(fence.partition, fence.epoch);
      ownership.onFenced(fence);
    },
  };
}

/** What a host says of a command that is another host's to decide. */
export const notOwned = (commandId: string): Refused =>
  refused(commandId, "unavailable", "this host does not have the aggregate now; nothing was applied: send the command again");
