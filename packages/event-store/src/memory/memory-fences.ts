import { FencedError } from "../errors.ts";
import { checkFence, checkPartition, neverRaised, refuseRetired, retireFence, type Fence, type Fences } from "../fences.ts";

export type MemoryFences = { readonly fences: Fences; readonly newestOf: (partition: string) => Fence };

export function createMemoryFences(whileOpen: <T>(work: () => T) => Promise<T>): MemoryFences {
  const raised = new Map<string, Fence>();
  let tokens = 0;
  const newestOf = (partition: string): Fence => raised.get(partition) ?? neverRaised(partition);
  const raise = (seen: Fence, more: Pick<Fence, "retired"> = {}): Fence => {
    const { partition, epoch } = checkFence(seen);
    const newest = newestOf(partition);
    if (newest.token !== seen.token) throw new FencedError(seen, newest);
    refuseRetired(newest);
    const fence = { partition, epoch: epoch + 1, token: (tokens += 1), ...more };
    raised.set(partition, fence);
    return fence;
  };
  const read = (partition: string): Promise<Fence> => whileOpen(() => newestOf(checkPartition(partition)));
  return {
    newestOf,
    fences: {
      read,
      raise: (seen) => whileOpen(() => raise(seen)),
      retire: (partition) =>
        retireFence(
          () => read(partition),
          (seen) => whileOpen(() => raise(seen, { retired: true })),
        ),
    },
  };
}
