import { ref, refOf } from "@aethyr/kernel";
import { gameObject, player, room } from "@aethyr/world";
import type { Inhabitants } from "./states.ts";
import type { Leave } from "./world-export.ts";

/** Where something is: at the top, that is in a room, with a player or nowhere; in a thing; or in what is not exported. */
export type Place = "top" | "gone" | { readonly holder: string };

export function placeOf(containerId: string | null, { rooms, things, players }: Inhabitants): Place {
  if (containerId === null) return "top";
  const { type, id } = refOf(containerId);
  if (type === room.type) return rooms.has(id) ? "top" : "gone";
  if (type === player.type) return players.has(id) ? "top" : "gone";
  return type === gameObject.type && things.has(id) ? { holder: id } : "gone";
}

/** How many things are around each thing that can be made; what lies in something that cannot be made cannot either. */
export function levelsOf(world: Inhabitants, leave: Leave): ReadonlyMap<string, number> {
  const { things } = world;
  const levels = new Map<string, number>();
  const lost = new Set<string>();
  for (const id of things.keys()) {
    const way: string[] = [];
    let inner: string | undefined = id;
    let level: number | undefined = 0;
    // From the inside out, up to the top, or to something whose level is known already.
    while (inner !== undefined && levels.get(inner) === undefined && !lost.has(inner)) {
      way.push(inner);
      const outer = placeOf(things.get(inner)?.containerId ?? null, world);
      // No world has anything inside itself; a file may claim anything.
      const isCircle = typeof outer === "object" && way.includes(outer.holder);
      if (outer === "gone" || isCircle) level = undefined;
      if (isCircle) break;
      inner = typeof outer === "object" ? outer.holder : undefined;
    }
    if (inner !== undefined && !way.includes(inner)) {
      const reached = levels.get(inner);
      level = reached === undefined ? undefined : reached + 1;
    }
    for (const each of way.toReversed()) {
      if (level === undefined) {
        lost.add(each);
        leave(ref(gameObject.type, each), `it is in ${things.get(each)?.containerId ?? ""}, which is not exported`);
        continue;
      }
      levels.set(each, level);
      level += 1;
    }
  }
  return levels;
}
