import { randomUUID } from "node:crypto";
import { z } from "zod";
import { CorruptStoreError, FencedError, OutcomeUnknownError } from "../errors.ts";
import { checkFence, checkPartition, neverRaised, refuseRetired, retireFence, type Fence, type Fences } from "../fences.ts";
import { failureOf, unavailable } from "./error-map.ts";
import { fenceKey, fenceKeyText, genesisTx, textOf } from "./keys.ts";
import { encodeSet, type Entry, type Precondition } from "./messages.ts";
import { pauseAfter, realSurroundings, type Surroundings } from "./retry.ts";
import type { Session } from "./session.ts";

/** The record of a fence. `by` tells one attempt to raise it from any other, so that whoever lost the answer knows its own. */
const Raised = z.object({ epoch: z.int().min(1), by: z.uuid(), retired: z.literal(true).optional() });
type Raised = z.infer<typeof Raised>;

export type FenceOptions = {
  /** How long a raise is tried whose answer was lost; default 20,000. */
  readonly resolveWithinMs?: number | undefined;
  readonly surroundings?: Surroundings;
};

/** Nobody has raised the fence since: what every commit of its owner demands. It fails for ever once it fails. */
export const unraisedSince = ({ partition, token }: Fence): Precondition => ({
  kind: "notModifiedAfterTx",
  key: fenceKeyText(partition),
  // No fence is in the genesis transaction, so this says: never raised.
  tx: Math.max(token, genesisTx),
});

/** The newest fences of partitions. */
export async function readFences(session: Pick<Session, "getAll">, partitions: readonly string[]): Promise<ReadonlyMap<string, Fence>> {
  const fences = new Map(partitions.map((partition) => [partition, neverRaised(partition)]));
  const named = new Map(partitions.map((partition) => [fenceKeyText(partition), partition]));
  for (const entry of partitions.length === 0 ? [] : await session.getAll(partitions.map(fenceKey))) {
    const partition = named.get(textOf(entry.key));
    if (partition !== undefined) fences.set(partition, fenceOf(partition, entry, raisedOf(entry)));
  }
  return fences;
}

/** The fences of a log in immudb, in the log itself: the token is the transaction that raised it. */
export function createFences(session: Session, { resolveWithinMs = 20_000, surroundings = realSurroundings }: FenceOptions = {}): Fences {
  const { now, pause, random } = surroundings;

  async function read(partition: string): Promise<Fence> {
    const found = await readFences(session, [checkPartition(partition)]);
    return found.get(partition) ?? neverRaised(partition);
  }

  /** The fence that an attempt raised, which was refused because it, an earlier one of ours, or somebody else had. */
  async function found(seen: Fence, raised: Raised): Promise<Fence> {
    const entry = await session.get(fenceKey(seen.partition));
    // What was there when it was refused is there: fences are never removed.
    if (entry === undefined)
      throw new CorruptStoreError(`the fence ${seen.partition} was there and is not found`, { partition: seen.partition });
    const record = raisedOf(entry);
    const newest = fenceOf(seen.partition, entry, record);
    if (record.by !== raised.by) throw new FencedError(seen, newest);
    return newest;
  }

  async function raise(asked: Fence, more: Pick<Fence, "retired"> = {}): Promise<Fence> {
    const seen = checkFence(asked);
    refuseRetired(seen);
    const { partition } = seen;
    const doing = `raise the fence ${partition}`;
    const raised: Raised = { epoch: seen.epoch + 1, by: randomUUID(), ...more };
    const request = encodeSet([{ key: fenceKey(partition), value: JSON.stringify(raised) }], [unraisedSince(seen)]);
    const until = now() + resolveWithinMs;
    const leftMs = (): number => until - now();
    let open: unknown;
    for (let failures = 1; ; failures += 1) {
      try {
        return { partition, epoch: raised.epoch, token: await session.set(request, Math.max(leftMs(), 1)), ...more };
      } catch (error) {
        const failure = failureOf(error);
        if (failure === "precondition") {
          const result = await found(seen, raised).catch((cause: unknown) => {
            // Nothing of ours is there, or who it is that it belongs to is told.
            if (open === undefined || cause instanceof FencedError) throw unavailable(cause, doing);
            return undefined;
          });
          if (result) return result;
        } else if (failure === "ambiguous") open = error;
        else if (open === undefined) throw unavailable(error, doing);
      }
      // The same request once more: it is made once at most, and what it finds tells whether it was.
      if (session.away()) await session.reachable(leftMs());
      const pauseMs = Math.min(pauseAfter(failures, random), leftMs());
      if (pauseMs <= 0)
        throw new OutcomeUnknownError(`immudb did not say whether the fence ${partition} was raised: read it again`, { cause: open });
      await pause(pauseMs);
    }
  }

  return {
    read,
    raise: (asked) => raise(asked),
    retire: (partition) =>
      retireFence(
        () => read(partition),
        (seen) => raise(seen, { retired: true }),
      ),
  };
}

const fenceOf = (partition: string, { tx }: Entry, { epoch, retired }: Raised): Fence => ({
  partition,
  epoch,
  token: tx,
  ...(retired === true ? { retired } : {}),
});

function raisedOf({ key, value }: Entry): Raised {
  try {
    return Raised.parse(JSON.parse(textOf(value)));
  } catch (cause) {
    throw new CorruptStoreError(`the record ${textOf(key)} of the log cannot be read`, {}, { cause });
  }
}
