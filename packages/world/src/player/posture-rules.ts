import { AggregateId, ref, reject } from "@aethyr/kernel";
import { z } from "zod";
import { itemNotFound, outOfReach } from "../containment/holder.ts";
import { gameObject } from "../game-object/aggregate.ts";
import { prototypeOf, traitsOf } from "../traits.ts";
import { player } from "./aggregate.ts";
import { playerEvents } from "./events.ts";
import { Pose } from "./posture.ts";

const { PlayerSatDown, PlayerStoodUp, PlayerPoseSet } = playerEvents;

/** On a thing of the same place that can be sat on, or on the ground. How many sit on one thing is not counted. */
export const SitDown = player.command({
  input: z.strictObject({ seatId: AggregateId.nullable().default(null) }),
  parties: { seat: gameObject, prototype: gameObject },
  participants: ({ input: { seatId }, seat }) => ({
    seat: seatId === null ? null : ref(gameObject.type, seatId),
    prototype: seat === undefined ? null : prototypeOf(seat.state.context.attributes),
  }),
  decide: ({ self, input: { seatId }, seat, prototype }) => {
    const { sitting, containerId } = self.state.context;
    if (sitting !== null && sitting.seatId === seatId) return [];
    if (seatId !== null) {
      if (seat?.exists !== true) return itemNotFound(seatId);
      if (containerId === null || seat.state.context.containerId !== containerId) return outOfReach(`game-object/${seatId}`, self.id);
      if (!traitsOf(seat.state.context, prototype?.state.context).seat)
        return reject("not_a_seat", `${seatId} is nothing to sit on`, { itemId: seatId });
    }
    return [PlayerSatDown({ seatId })];
  },
});

export const StandUp = player.command({
  input: z.strictObject({}),
  decide: ({ self }) => (self.state.context.sitting === null ? [] : [PlayerStoodUp({})]),
});

/** "" ends a pose. */
export const SetPose = player.command({
  input: z.strictObject({ pose: Pose }),
  decide: ({ self, input }) => (self.state.context.pose === input.pose ? [] : [PlayerPoseSet(input)]),
});
