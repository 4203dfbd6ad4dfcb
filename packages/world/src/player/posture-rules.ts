import { AggregateId, ref, reject, to, type Addressed, type Ref, type ViewOf } from "@aethyr/kernel";
import { z } from "zod";
import { itemNotFound, outOfReach } from "../containment/holder.ts";
import { gameObject } from "../game-object/aggregate.ts";
import { seat as seatOf } from "../game-object/seat.ts";
import { prototypeOf, traitsOf } from "../traits.ts";
import { player } from "./aggregate.ts";
import { playerEvents } from "./events.ts";
import { Pose } from "./posture.ts";

const { PlayerSatDown, PlayerStoodUp, PlayerPoseSet } = playerEvents;
const { SeatTaken, SeatLeft } = seatOf.events;

/**
 * On a thing of the same place that can be sat on, or on the ground. How many sit on one thing is not counted. A seat that can be taken records
 * who sits on it, so that it is not taken from under them.
 */
export const SitDown = player.command({
  input: z.strictObject({ seatId: AggregateId.nullable().default(null) }),
  parties: { seat: gameObject, prototype: gameObject, left: gameObject },
  participants: ({ self, input: { seatId }, seat }) => ({
    seat: seatId === null ? null : ref(gameObject.type, seatId),
    prototype: seat === undefined ? null : prototypeOf(seat.state.context.attributes),
    left: seatUnder(self),
  }),
  decide: ({ self, input: { seatId }, seat, prototype, left }) => {
    const { sitting, containerId } = self.state.context;
    if (sitting !== null && sitting.seatId === seatId) return [];
    const leaves = leave(left, self.id);
    if (seatId !== null) {
      if (seat?.exists !== true) return itemNotFound(seatId);
      if (containerId === null || seat.state.context.containerId !== containerId) return outOfReach(`game-object/${seatId}`, self.id);
      const traits = traitsOf(seat.state.context, prototype?.state.context);
      if (!traits.seat) return reject("not_a_seat", `${seatId} is nothing to sit on`, { itemId: seatId });
      if (traits.takeable) return [to(self, PlayerSatDown({ seatId })), to(seat, SeatTaken({ playerId: self.id })), ...leaves];
    }
    return [to(self, PlayerSatDown({ seatId })), ...leaves];
  },
});

export const StandUp = player.command({
  input: z.strictObject({}),
  parties: { left: gameObject },
  participants: ({ self }) => ({ left: seatUnder(self) }),
  decide: ({ self, left }) => (self.state.context.sitting === null ? [] : [to(self, PlayerStoodUp({})), ...leave(left, self.id)]),
});

/** "" ends a pose. */
export const SetPose = player.command({
  input: z.strictObject({ pose: Pose }),
  decide: ({ self, input }) => (self.state.context.pose === input.pose ? [] : [PlayerPoseSet(input)]),
});

const seatUnder = ({ state: { context } }: ViewOf<typeof player>): Ref | null =>
  context.sitting === null || context.sitting.seatId === null ? null : ref(gameObject.type, context.sitting.seatId);

const leave = (left: ViewOf<typeof gameObject> | undefined, playerId: string): readonly Addressed[] =>
  left?.exists === true && left.state.context.sitters.includes(playerId) ? [to(left, SeatLeft({ playerId }))] : [];
