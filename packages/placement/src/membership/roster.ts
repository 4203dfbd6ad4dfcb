import type { Change, PartitionLease, Member } from "../board.ts";

/** The board as this host has seen it. */
export type Roster = {
  readonly members: ReadonlyMap<string, Member>;
  /** By name of the partition. */
  readonly leases: ReadonlyMap<string, PartitionLease>;
  readonly pins: ReadonlyMap<string, string>;
  /** Takes in a change; tells whether anything is different. */
  see(change: Change): boolean;
};

export function createRoster(): Roster {
  const members = new Map<string, Member>();
  const leases = new Map<string, PartitionLease>();
  const pins = new Map<string, string>();
  return {
    members,
    leases,
    pins,
    see(change) {
      switch (change.kind) {
        case "beat":
          return false;
        case "member": {
          if (change.member === undefined) return members.delete(change.host);
          members.set(change.host, change.member);
          return true;
        }
        case "lease": {
          if (change.lease === undefined) return leases.delete(change.partition);
          leases.set(change.partition, change.lease);
          return true;
        }
        case "pin": {
          if (change.host === undefined) return pins.delete(change.partition);
          pins.set(change.partition, change.host);
          return true;
        }
      }
    },
  };
}
