import { AggregateId, fragment } from "@aethyr/kernel";
import { z } from "zod";

const bySomebody = z.object({ playerId: AggregateId });

type Seat = {
  /**
   * Ids of the players who sat down on this thing where it is, sorted. Whether they still sit there they say themselves: who was moved by a higher
   * hand, or is no more, may still be among them.
   */
  readonly sitters: readonly string[];
};

/** What a thing that can be sat on, and taken, knows of those who sit on it. */
export const seat = fragment({ SeatTaken: bySomebody, SeatLeft: bySomebody }, { sitters: [] } as Seat, {
  SeatTaken: ({ sitters }, { playerId }) => ({ sitters: sitters.includes(playerId) ? sitters : [...sitters, playerId].sort() }),
  SeatLeft: ({ sitters }, { playerId }) => ({ sitters: sitters.filter((id) => id !== playerId) }),
});
