import type { PartitionLease } from "../board.ts";
import type { Settings } from "../options.ts";
import type { Roster } from "../membership/roster.ts";
import type { Slot } from "../leases/slot.ts";

/** What a host sees when it decides what to do next. */
export type Outlook = {
  readonly now: number;
  readonly slots: readonly Slot[];
  readonly leases: Roster["leases"];
  /** By partition. */
  readonly desired: readonly (string | undefined)[];
  readonly host: string;
  readonly incarnation: string;
  readonly isAlive: (host: string, incarnation: string) => boolean;
  /** Whether a host was certainly there a moment ago. */
  readonly isBeating: (host: string) => boolean;
  /** Whether this host takes what is free. */
  readonly takes: boolean;
  /** Whether it gives away all that it has. */
  readonly leaves: boolean;
  /** Whether this host keeps what nobody else should have; one that closes does not. */
  readonly keeps: boolean;
  /** Partitions that this host gives away, or gave away and nobody has taken yet. */
  readonly underWay: number;
  readonly settings: Pick<Settings, "handOvers" | "steadyMs">;
};

export type Plan = {
  readonly take: readonly { readonly slot: Slot; readonly seen: number; readonly from: string | undefined }[];
  readonly give: readonly Slot[];
  /** Leases of ours that we do nothing with: written by a call whose answer was lost. */
  readonly clear: readonly { readonly slot: Slot; readonly lease: PartitionLease }[];
};

/** What to do now. Takes free leases, and those of the dead, for what it should own; gives what a live host should have, few at a time. */
export function planOf(outlook: Outlook): Plan {
  const { now, slots, leases, desired, host, incarnation, isAlive, takes, keeps, settings } = outlook;
  const take: { slot: Slot; seen: number; from: string | undefined }[] = [];
  const give: Slot[] = [];
  const clear: { slot: Slot; lease: PartitionLease }[] = [];
  const somebodyElse = desired.some((owner) => owner !== undefined && owner !== host);
  // With nobody there to wait for it, there is no reason to go slowly.
  let room = somebodyElse || keeps ? settings.handOvers - outlook.underWay : Infinity;

  for (const slot of slots) {
    const lease = leases.get(slot.name);
    const owner = desired[slot.partition];
    if (slot.state === "unowned") {
      const ours = lease?.host === host && lease.incarnation === incarnation;
      if (now < slot.retryAt) continue;
      if (takes && owner === host) {
        if (lease === undefined || ours) take.push({ slot, seen: lease?.revision ?? 0, from: undefined });
        else if (!isAlive(lease.host, lease.incarnation)) take.push({ slot, seen: lease.revision, from: lease.host });
      } else if (ours) clear.push({ slot, lease });
    }
    if (slot.state === "active" && room > 0 && isToBeGiven(slot, owner, outlook)) {
      give.push(slot);
      room -= 1;
    }
  }
  return { take, give, clear };
}

function isToBeGiven(slot: Slot, owner: string | undefined, { now, host, isBeating, leaves, keeps, settings }: Outlook): boolean {
  if (owner === undefined) return !keeps;
  if (owner === host || !(isBeating(owner) || !keeps)) return false;
  return leaves || (slot.wished !== undefined && slot.wished.host === owner && now - slot.wished.since >= settings.steadyMs);
}

/** Remembers since when another host is wished for. */
export function noteWishes(slots: readonly Slot[], desired: readonly (string | undefined)[], host: string, now: number): void {
  for (const slot of slots) {
    const owner = desired[slot.partition];
    if (owner === undefined || owner === host) slot.wished = undefined;
    else if (slot.wished?.host !== owner) slot.wished = { host: owner, since: now };
  }
}
