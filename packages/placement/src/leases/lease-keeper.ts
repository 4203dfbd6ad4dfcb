import type { PartitionLease } from "../board.ts";
import { LeaseTakenError } from "../errors.ts";
import type { Parts } from "../host/parts.ts";
import type { Slot } from "./slot.ts";

/** Whether the lease is ours after a write: `kept`, `taken` by somebody else or gone, or `unknown`, with `cause`. */
export type Renewal = { readonly is: "kept" | "taken" } | { readonly is: "unknown"; readonly cause: unknown };

/** Writes the leases of one host; those of one partition one after the other. */
export type LeaseKeeper = ReturnType<typeof createLeaseKeeper>;

export function createLeaseKeeper({ board, clock, settings, host, incarnation }: Parts) {
  const isOurs = (lease: PartitionLease): boolean => lease.host === host && lease.incarnation === incarnation;

  const inTurn = <T>(slot: Slot, work: () => Promise<T>): Promise<T> => {
    const result = slot.writing.then(work);
    // Its failure is told to whoever asked for this write, not for the next.
    slot.writing = result.catch(() => undefined);
    return result;
  };

  /** Writes the lease over revision `seen`. What counts for our deadline is when it was sent: the board cannot have got it earlier. */
  async function write(slot: Slot, seen: number): Promise<void> {
    const sent = clock.monotonic();
    const state = slot.state === "unowned" || slot.state === "lost" ? "acquiring" : slot.state;
    slot.revision = await board.leases.claim(slot.name, { host, incarnation, state, epoch: slot.fence?.epoch ?? 0 }, seen);
    slot.deadline = Math.max(slot.deadline, sent + board.ttlMs - settings.marginMs);
  }

  async function rewrite(slot: Slot): Promise<Renewal> {
    // An earlier write of ours whose answer was lost makes ours look taken: then it is ours at a later revision.
    for (let attempt = 0; attempt < settings.attempts; attempt += 1) {
      try {
        await write(slot, slot.revision);
        return { is: "kept" };
      } catch (error) {
        if (!(error instanceof LeaseTakenError)) return { is: "unknown", cause: error };
      }
      try {
        const lease = await board.leases.read(slot.name);
        if (lease === undefined || !isOurs(lease)) return { is: "taken" };
        slot.revision = lease.revision;
      } catch (error) {
        return { is: "unknown", cause: error };
      }
    }
    return { is: "unknown", cause: new LeaseTakenError(slot.name, slot.revision) };
  }

  return {
    isOurs,
    /** Takes the lease from revision `seen`. Rejects as `Leases.claim`. */
    take: (slot: Slot, seen: number): Promise<void> =>
      inTurn(slot, () => {
        slot.deadline = 0;
        return write(slot, seen);
      }),
    renew: (slot: Slot): Promise<Renewal> => inTurn(slot, () => rewrite(slot)),
    /** Takes the lease away, if it is still as we wrote it last. Rejects with `unavailable`, when it goes by itself in time. */
    release: (slot: Slot): Promise<void> =>
      inTurn(slot, async () => {
        try {
          await board.leases.release(slot.name, slot.revision);
        } catch (error) {
          if (!(error instanceof LeaseTakenError)) throw error;
          // Not ours any more, or ours by a write whose answer was lost.
          const lease = await board.leases.read(slot.name);
          if (lease !== undefined && isOurs(lease)) await board.leases.release(slot.name, lease.revision);
        }
      }),
  };
}
