import { pathOf, ref } from "@aethyr/kernel";
import { type Attributes, gameObject, room, type Slot } from "@aethyr/world";
import type { Source } from "../circlemud/world-file-error.ts";
import type { CommandMaker, Phase } from "./import-command.ts";

/** A thing or a mobile, and where it shall be: in a room, or with another one, which carries, holds or wears it. */
export type Placement = {
  readonly id: string;
  readonly generic: "mobile" | "object";
  readonly name: string;
  readonly attributes: Attributes;
  readonly place: { readonly in: "room"; readonly id: string } | { readonly in: "thing"; readonly id: string; readonly slot?: Slot };
  readonly source: Source;
};

/** Phases that create every holder before what it holds, level by level, and then put on what is worn. */
export function placementPhases(make: CommandMaker, placements: readonly Placement[]): readonly Phase[] {
  const levels = levelsOf(placements);
  const depth = Math.max(-1, ...levels.values());
  const creations = Array.from({ length: depth + 1 }, (_, level) => ({
    name: level === 0 ? "things in rooms" : `things held, level ${level}`,
    commands: placements.filter(({ id }) => levels.get(id) === level).map((placement) => creation(make, placement)),
  }));
  return [...creations, { name: "equipment", commands: placements.flatMap((placement) => equipping(make, placement)) }];
}

/** How many holders are around each thing. */
function levelsOf(placements: readonly Placement[]): ReadonlyMap<string, number> {
  const levels = new Map<string, number>();
  // A holder comes before what it holds. One that nobody knows counts as there: the world says what it thinks of that.
  for (const { id, place } of placements) levels.set(id, place.in === "room" ? 0 : (levels.get(place.id) ?? -1) + 1);
  return levels;
}

function creation(make: CommandMaker, { id, generic, name, attributes, place, source }: Placement) {
  const containerId = pathOf(ref(place.in === "room" ? room.type : gameObject.type, place.id));
  return make("CreateGameObject", ref(gameObject.type, id), { name, generic, containerId, attributes }, source);
}

function equipping(make: CommandMaker, { id, place, source }: Placement) {
  if (place.in === "room" || place.slot === undefined) return [];
  return [make("EquipItem", ref(gameObject.type, place.id), { itemId: id, slot: place.slot }, source)];
}
