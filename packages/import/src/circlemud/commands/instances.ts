import type { Placement } from "../../commands/placement.ts";
import type { PlannedInstance } from "../reset-plan.ts";
import type { Ids } from "./ids.ts";

/** An instance knows its prototype and adds nothing to it: what it does not say itself, its prototype says. */
export function placementOf(ids: Ids, { key, kind, vnum, place, source }: PlannedInstance, name: string): Placement {
  return {
    id: ids.instance(key),
    generic: kind === "mob" ? "mobile" : "object",
    name,
    attributes: { prototype: ids.prototype(kind, vnum) },
    place:
      place.in === "room"
        ? { in: "room", id: ids.room(place.vnum) }
        : { in: "thing", id: ids.instance(place.key), ...(place.as === "worn" ? { slot: place.slot } : {}) },
    source,
  };
}
