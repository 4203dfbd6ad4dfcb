import { pathOf, type Rejection } from "@aethyr/kernel";
import { movedAway, outOfReach, type Holder } from "./holder.ts";
import type { Movable, Move } from "./move.ts";

/**
 * Whether a thing can be moved as its mover believes. Who says where the thing is (`expected`) is held to it: it must be there still, and
 * where a player gives or takes it, the other place must be within that player's reach: their room, what is in it, what they carry.
 */
export function beyondReach(
  { thing, containerId, from, into }: Pick<Move, "thing" | "containerId" | "from" | "into">,
  expected: string | null | undefined,
): Rejection | undefined {
  if (expected === undefined) return undefined;
  const present = thing.state.context.containerId;
  if (present !== expected) return movedAway(thing.id, present);
  if (from !== undefined && isPlayer(from) && !reaches(from, containerId, into)) return outOfReach(String(containerId), from.id);
  if (into !== undefined && isPlayer(into) && !reaches(into, present, from)) return outOfReach(String(present), into.id);
  return undefined;
}

const isPlayer = ({ ref }: Holder) => ref.type === "player";

function reaches(player: Movable, path: string | null, holder: Holder | undefined): boolean {
  const near = new Set<string | null>([pathOf(player.ref), player.state.context.containerId]);
  near.delete(null);
  return near.has(path) || near.has(holder?.state.context.containerId ?? null);
}
