import { FencedError, FenceRetiredError, InvalidRequestError } from "./errors.ts";

/** Who owns a partition of the actors, as the log knows it: whoever raised its fence last. */
export type Fence = {
  /** `<mapEpoch>/<partition>`, in decimal digits: which division of the actors, and which part of it. */
  readonly partition: string;
  /** How often it was raised; 0: never. Whoever raises it next has the next one. */
  readonly epoch: number;
  /** The engine's own mark of that: with it a commit tells that it is the owner's. 0: never raised. */
  readonly token: number;
  /** It was raised for the last time: the division that it belongs to is no more. Absent otherwise. */
  readonly retired?: true;
};

/** Ownership of partitions, kept in the log itself so that one transaction holds both a commit and the right to make it. */
export interface Fences {
  /** The newest fence of a partition; epoch and token 0 if it was never raised. Rejects with `invalid_request`, `unavailable`. */
  read(partition: string): Promise<Fence>;
  /**
   * Takes a partition over: from the moment that this resolves, or somebody reads the new fence, no commit with an earlier one is made, also
   * none that is still on its way. Only where nobody else has raised it since it was read: else rejects with `FencedError`. Rejects with
   * `unavailable` where nothing was done, with `outcome_unknown` where that is not known: then read it again. Rejects with
   * `FenceRetiredError` where nobody raises it any more.
   */
  raise(seen: Fence): Promise<Fence>;
  /**
   * Raises the fence of a partition for the last time: from then on no commit with it, or an earlier one, is made, and nobody raises it again.
   * One that is retired already stays as it is. Rejects as `raise` does with `unavailable` and `outcome_unknown`; the same call may then be made again.
   */
  retire(partition: string): Promise<Fence>;
}

export const neverRaised = (partition: string): Fence => ({ partition, epoch: 0, token: 0 });

/** Throws `InvalidRequestError`. */
export function checkPartition(partition: string): string {
  if (/^\d{1,15}\/\d{1,15}$/.test(partition)) return partition;
  throw new InvalidRequestError(`${JSON.stringify(partition.slice(0, 200))} names no partition: <mapEpoch>/<number>`);
}

/** Throws `InvalidRequestError`. */
export function checkFence(fence: Fence): Fence {
  const { partition, epoch, token, retired } = fence;
  checkPartition(partition);
  for (const number of [epoch, token])
    if (!Number.isSafeInteger(number) || number < 0)
      throw new InvalidRequestError(`${number} is no epoch or token of a fence`, { partition });
  return { partition, epoch, token, ...(retired === true ? { retired } : {}) };
}

/** Throws `FenceRetiredError`. */
export function refuseRetired(fence: Fence): void {
  if (fence.retired === true) throw new FenceRetiredError(fence.partition);
}

/** Retires a fence, over whoever raises it meanwhile. */
export async function retireFence(read: () => Promise<Fence>, raiseLast: (seen: Fence) => Promise<Fence>): Promise<Fence> {
  for (;;) {
    const seen = await read();
    if (seen.retired === true) return seen;
    try {
      return await raiseLast(seen);
    } catch (error) {
      // An owner was quicker, which cannot go on for ever: each has to win a lease first.
      if (!(error instanceof FencedError)) throw error;
    }
  }
}

/** Why a commit is not its owner's to make any more; undefined where it has no fence, or the newest, or that is not known. */
export function lostFence(fence: Fence | undefined, newestOf: (partition: string) => Fence | undefined): FencedError | undefined {
  const newest = fence && newestOf(fence.partition);
  return fence === undefined || newest === undefined || newest.token === fence.token ? undefined : new FencedError(fence, newest);
}

/** Throws `InvalidRequestError` for the commits of a store that only one process can write. */
export function refuseFences(commits: readonly { readonly fence?: Fence | undefined }[], store: string): void {
  if (commits.some(({ fence }) => fence !== undefined))
    throw new InvalidRequestError(`${store} has a single writer and takes no commit with a fence`);
}
