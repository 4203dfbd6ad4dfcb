import type { BoardView } from "../view.ts";
import type { Liveness } from "./liveness.ts";
import type { Roster } from "./roster.ts";

export type SeenBoard = {
  readonly roster: Roster;
  readonly isAlive: Liveness["isAlive"];
  /** Of the partitions, by number. */
  readonly names: readonly string[];
  /** By number of the partition. */
  readonly desired: readonly (string | undefined)[];
};

/** Who is there and who has what, as the board says. */
export const boardView = ({ roster, isAlive, names, desired }: SeenBoard): BoardView => ({
  members: [...roster.members.values()]
    .map((member) => ({ ...member, alive: isAlive(member.host, member.incarnation) }))
    .sort((a, b) => (a.host < b.host ? -1 : 1)),
  partitions: names.map((name, partition) => {
    const lease = roster.leases.get(name);
    return {
      partition,
      state: lease?.state ?? "unowned",
      owner: lease?.host,
      desired: desired[partition],
      pin: roster.pins.get(name),
      epoch: lease?.epoch ?? 0,
    };
  }),
});
