import { alive, type Aggregate, type EventOf } from "@aethyr/kernel";
import { z } from "zod";
import type { seat } from "../game-object/seat.ts";
import { room } from "../room/aggregate.ts";
import { aHolder, theHoldersAround } from "./holder.ts";
import type { inventory } from "./inventory.ts";
import { around, move } from "./move.ts";
import { holderAt, roomAt, type place } from "./place.ts";
import { beyondReach, prototypesOf, thePrototypes } from "./reach.ts";
import { satOn, sittersOn, theSitters } from "./sitters.ts";

type Placed = Aggregate<
  string,
  EventOf<typeof place.events.catalogue>,
  { readonly context: typeof place.initial & typeof inventory.initial & Partial<typeof seat.initial> }
>;

/** Moves a thing or a player from wherever it is, or only `from` where it is believed to be, to anywhere that `where` allows. */
export const updateContainer = (aggregate: Placed, where: z.ZodType<string>) =>
  aggregate.command({
    input: z.strictObject({ containerId: where.nullable(), from: where.nullable().exactOptional() }),
    parties: { from: aHolder, into: aHolder, around: theHoldersAround, prototypes: thePrototypes, sitters: theSitters, room: alive(room) },
    participants: ({ self, input, from, into, around: known }) => ({
      from: holderAt(self.state.context.containerId),
      into: holderAt(input.containerId),
      around: around(self, into, known),
      prototypes: input.from === undefined ? [] : prototypesOf(from, into),
      sitters: input.from === undefined ? [] : sittersOn(self),
      room: roomAt(input.containerId),
    }),
    decide: ({ self, input, ...others }) => {
      if (self.state.context.containerId === input.containerId) return [];
      const way = { thing: self, containerId: input.containerId, ...others };
      return beyondReach(way, input.from) ?? satOn(self, others.sitters) ?? move(way);
    },
  });
