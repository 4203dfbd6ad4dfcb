import { randomUUID } from "node:crypto";
import type { Fence, Fences } from "@aethyr/event-store";
import type { Ref } from "@aethyr/kernel";
import { isPartitionCount, partitionOf } from "@aethyr/protocol";
import { createPin } from "./assignment/pinning.ts";
import { HostName, type Board } from "./board.ts";
import { systemClock, type Clock } from "./clock.ts";
import { noCounts } from "./host/counts.ts";
import { InvalidPlacementError, type HostNameTakenError } from "./errors.ts";
import { defaults, type Log, type Partitions, type PlacementOptions, type Self, type ServePartition } from "./options.ts";
import { createHost } from "./host/host.ts";
import type { PlacementView } from "./view.ts";

export type PlacementParts = {
  readonly board: Board;
  readonly fences: Pick<Fences, "read" | "raise">;
  readonly partitions: Partitions;
  readonly self: Self;
  readonly serve: ServePartition;
  readonly log: Log;
  readonly clock?: Clock;
  /** A number from 0 up to, not including, 1. */
  readonly random?: () => number;
  readonly options?: PlacementOptions;
  /** Told once if another process took this host's name, because it heard nothing of this one; this one is leaving then. */
  readonly onNameTaken?: (error: HostNameTakenError) => void;
};

export type Placement = {
  /**
   * The fence to commit under for this aggregate; undefined where this host does not own it now, or is not sure: answer that it is for another
   * host, or for later.
   */
  fenceOf(target: Ref): Fence | undefined;
  /** Why this host serves nothing of what it should; undefined while it serves some of it, or there is nothing that it should. */
  idle(): string | undefined;
  /** A commit under this fence was refused: the partition is another's. */
  onFenced(fence: Fence): void;
  view(): PlacementView;
  /** Gives everything away, to hosts that are alive, and takes nothing more. Resolves when nothing is left here; cannot be taken back. */
  drain(): Promise<void>;
  /**
   * Wishes a partition onto a host, which gets it as long as it is there and not draining; no host: takes the wish back. Resolves when all hosts
   * will hear of it. Rejects with `UnknownPlaceError`, and as a board.
   */
  move(partition: number, host: string | undefined): Promise<void>;
  /**
   * Gives everything away, gives up what nobody takes, and leaves. Resolves within `closeMs` and what the last calls take. May be called
   * again. The board stays open.
   */
  close(): Promise<void>;
};

/**
 * Joins the hosts of a world on a board and takes this host's share of its partitions, now and whenever hosts come and go. Resolves when it
 * has joined; partitions follow. Rejects with `InvalidPlacementError`, `HostNameTakenError`, `OtherMapError`, and as a board.
 */
export async function startPlacement(parts: PlacementParts): Promise<Placement> {
  const {
    board,
    fences,
    partitions,
    self,
    serve,
    log,
    clock = systemClock,
    random = Math.random,
    options,
    onNameTaken = () => undefined,
  } = parts;
  check(partitions, self);
  const host = createHost(
    {
      board,
      fences,
      clock,
      random,
      settings: { ...defaults, ...options },
      log,
      counts: noCounts(),
      serve,
      host: self.host,
      incarnation: randomUUID(),
    },
    partitions,
    self,
    onNameTaken,
  );
  await host.join();

  const slotOf = (target: Ref) => host.slots[partitionOf(target, partitions.count)];
  return {
    fenceOf: (target) => {
      const slot = slotOf(target);
      return slot !== undefined && host.isSure(slot) ? slot.fence : undefined;
    },
    idle() {
      const { state, partitions: all } = host.view();
      if (state !== "serving") return `this host is ${state}`;
      const mine = all.filter(({ desired }) => desired === self.host).length;
      return mine === 0 || host.slots.some(host.isSure) ? undefined : `this host has none of its ${mine} partitions`;
    },
    onFenced: (fence) => host.fenced(fence),
    view: host.view,
    drain: host.drain,
    move: createPin(board, partitions, host.isCandidate),
    close: host.close,
  };
}

function check({ count, mapEpoch }: Partitions, { host, weight }: Self): void {
  if (!isPartitionCount(count)) throw new InvalidPlacementError(`a world cannot have ${count} partitions`, { count });
  if (!Number.isSafeInteger(mapEpoch) || mapEpoch < 0) throw new InvalidPlacementError(`${mapEpoch} is no epoch of a map`, { mapEpoch });
  const parsed = HostName.safeParse(host);
  if (!parsed.success) throw new InvalidPlacementError(`${JSON.stringify(host)} cannot be the name of a host: 1 to 64 of A–Z a–z 0–9 _ -`);
  if (weight !== undefined && !(weight >= 0 && weight <= 1_000_000)) {
    throw new InvalidPlacementError(`a host's weight is 0 to 1,000,000, not ${weight}`, { weight });
  }
}
