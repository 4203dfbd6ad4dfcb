import { many, ref, type Ref, type Rejection, type ViewOf } from "@aethyr/kernel";
import { player } from "../player/aggregate.ts";
import { seatTaken } from "./holder.ts";
import type { Movable } from "./move.ts";

export const theSitters = many(player);

/** Participants of a taking: those who sat down on the thing; nobody where it is no seat. */
export const sittersOn = (thing: Movable | undefined): readonly Ref[] =>
  (thing?.state.context.sitters ?? []).map((id) => ref(player.type, id));

/** A thing that somebody sits on is not taken from under them. */
export function satOn(thing: Movable, sitters: readonly ViewOf<typeof player>[]): Rejection | undefined {
  const sitter = sitters.find(({ exists, state: { context } }) => {
    const sitsOnIt = context.sitting?.seatId === thing.id && context.containerId === thing.state.context.containerId;
    return exists && sitsOnIt;
  });
  return sitter === undefined ? undefined : seatTaken(thing.id, sitter.id);
}
