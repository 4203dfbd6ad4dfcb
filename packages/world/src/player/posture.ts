import { AggregateId, fragment } from "@aethyr/kernel";
import { z } from "zod";

/** What others see somebody do for as long as they stay where they are: `is leaning against the wall`. One line; "" is nothing in particular. */
export const Pose = z
  .string()
  .max(120)
  .regex(/^[^\p{Cc}\p{Cf}\p{Zl}\p{Zp}]*$/u, "one line, without control characters");

type Posture = {
  /** Null for who stands; a seat is a thing in the same place, null for the ground. */
  readonly sitting: { readonly seatId: string | null } | null;
  readonly pose: string;
};

/** How a player is in a place. It ends with being there: who is moved stands, and does nothing in particular. */
export const posture = fragment(
  {
    PlayerSatDown: z.object({ seatId: AggregateId.nullable() }),
    PlayerStoodUp: z.object({}),
    PlayerPoseSet: z.object({ pose: Pose }),
  },
  { sitting: null, pose: "" } as Posture,
  {
    PlayerSatDown: (_, { seatId }) => ({ sitting: { seatId } }),
    PlayerStoodUp: () => ({ sitting: null }),
    PlayerPoseSet: (_, { pose }) => ({ pose }),
  },
);
