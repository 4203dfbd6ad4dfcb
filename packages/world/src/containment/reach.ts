import { many, pathOf, type Ref, type Rejection, type ViewOf } from "@aethyr/kernel";
import { gameObject } from "../game-object/aggregate.ts";
import { prototypeIdOf, prototypeOf, traitsOf } from "../traits.ts";
import { containerClosed, movedAway, outOfReach, type Holder } from "./holder.ts";
import type { Movable, Move } from "./move.ts";

/**
 * Whether a thing can be moved as its mover believes. Who says where the thing is (`expected`) is held to it: it must be there still, and
 * where a player gives or takes it, the other place must be within that player's reach: their room, what is in it, what they carry. Nothing
 * goes into a container that is closed, or out of one.
 */
export function beyondReach(
  {
    thing,
    containerId,
    from,
    into,
    prototypes,
  }: Pick<Move, "thing" | "containerId" | "from" | "into"> & {
    /** See `prototypesOf`. */
    readonly prototypes: readonly Prototype[];
  },
  expected: string | null | undefined,
): Rejection | undefined {
  if (expected === undefined) return undefined;
  const present = thing.state.context.containerId;
  if (present !== expected) return movedAway(thing.id, present);
  if (from !== undefined && isPlayer(from) && !reaches(from, containerId, into)) return outOfReach(String(containerId), from.id);
  if (into !== undefined && isPlayer(into) && !reaches(into, present, from)) return outOfReach(String(present), into.id);
  const closed = [from, into].find((holder) => holder !== undefined && isClosed(holder, prototypes));
  return closed === undefined ? undefined : containerClosed(closed.id);
}

type Prototype = ViewOf<typeof gameObject>;
export const thePrototypes = many(gameObject);

/** Participants of a move that somebody makes by hand: the things that say for the two holders what they are. */
export function prototypesOf(...holders: readonly (Holder | undefined)[]): readonly Ref[] {
  const refs = holders.flatMap((holder) =>
    holder === undefined || isPlayer(holder) ? [] : (prototypeOf(holder.state.context.attributes) ?? []),
  );
  return refs.filter(({ id }, index) => refs.findIndex((other) => other.id === id) === index);
}

function isClosed(holder: Holder, prototypes: readonly Prototype[]): boolean {
  if (isPlayer(holder)) return false;
  const { context } = holder.state;
  const prototype = prototypes.find(({ id }) => id === prototypeIdOf(context.attributes));
  return traitsOf(context, prototype?.state.context).container === "closed";
}

const isPlayer = ({ ref }: Holder) => ref.type === "player";

function reaches(player: Movable, path: string | null, holder: Holder | undefined): boolean {
  const near = new Set<string | null>([pathOf(player.ref), player.state.context.containerId]);
  near.delete(null);
  return near.has(path) || near.has(holder?.state.context.containerId ?? null);
}
