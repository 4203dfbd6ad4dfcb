import { FencedError } from "../errors.ts";
import { checkFence, checkPartition, neverRaised, type Fence, type Fences } from "../fences.ts";

export type MemoryFences = { readonly fences: Fences; readonly newestOf: (partition: string) => Fence };

export function createMemoryFences(whileOpen: <T>(work: () => T) => Promise<T>): MemoryFences {
  const raised = new Map<string, Fence>();
  let tokens = 0;
  const newestOf = (partition: string): Fence => raised.get(partition) ?? neverRaised(partition);
  return {
    newestOf,
    fences: {
      read: (partition) => whileOpen(() => newestOf(checkPartition(partition))),
      raise: (seen) =>
        whileOpen(() => {
          const { partition, epoch } = checkFence(seen);
          const newest = newestOf(partition);
          if (newest.token !== seen.token) throw new FencedError(seen, newest);
          const fence = { partition, epoch: epoch + 1, token: (tokens += 1) };
          raised.set(partition, fence);
          return fence;
        }),
    },
  };
}
