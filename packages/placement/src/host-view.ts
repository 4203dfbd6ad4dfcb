import type { Liveness } from "./liveness.ts";
import type { Roster } from "./roster.ts";
import { isLeased, type Slot } from "./slot.ts";
import type { PlacementView } from "./view.ts";

export type Seen = Pick<PlacementView, "host" | "incarnation" | "state" | "counts"> & {
  readonly roster: Roster;
  readonly isAlive: Liveness["isAlive"];
  readonly slots: readonly Slot[];
  /** By partition. */
  readonly desired: readonly (string | undefined)[];
};

/** Placement as this host sees it now: of its own partitions what it knows, of others what is on the board. */
export const viewOf = ({ host, incarnation, state, counts, roster, isAlive, slots, desired }: Seen): PlacementView => ({
  host,
  incarnation,
  state,
  members: [...roster.members.values()].map((member) => ({ ...member, alive: isAlive(member.host, member.incarnation) })),
  partitions: slots.map((slot) => {
    const lease = roster.leases.get(slot.name);
    const mine = slot.state !== "unowned";
    return {
      partition: slot.partition,
      state: mine ? slot.state : (lease?.state ?? "unowned"),
      owner: isLeased(slot) ? host : lease?.host,
      desired: desired[slot.partition],
      pin: roster.pins.get(slot.name),
      epoch: slot.fence?.epoch ?? lease?.epoch ?? 0,
    };
  }),
  counts: { ...counts },
});
