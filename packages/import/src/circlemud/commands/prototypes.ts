import { ref } from "@aethyr/kernel";
import { gameObject } from "@aethyr/world";
import type { ImportCommand } from "../../commands/import-command.ts";
import type { Mob } from "../mobs.ts";
import type { WorldObject } from "../objects.ts";
import type { Context } from "./context.ts";
import { plainExtraDescriptions } from "./plain-extra-descriptions.ts";

/** What a mob or an object is called: a world needs a name even where the file has none. */
export function nameOf({ shortDescription, keywords, vnum }: Pick<Mob | WorldObject, "shortDescription" | "keywords" | "vnum">): string {
  return shortDescription || keywords.join(" ") || `#${vnum}`;
}

/** The pattern of a mob, which is nowhere itself. Everything that the file says about it becomes an attribute. */
export function mobCommand({ ids, make }: Context, mob: Mob): ImportCommand {
  const { source, shortDescription: _, ...attributes } = mob;
  const data = { name: nameOf(mob), generic: "mobile-prototype", attributes };
  return make("CreateGameObject", ref(gameObject.type, ids.prototype("mob", mob.vnum)), data, source);
}

/** The pattern of an object, which is nowhere itself. Everything that the file says about it becomes an attribute. */
export function objectCommand({ ids, make }: Context, object: WorldObject): ImportCommand {
  const { source, shortDescription: _, extraDescriptions, affects, ...others } = object;
  const attributes = {
    ...others,
    extraDescriptions: plainExtraDescriptions(extraDescriptions),
    affects: affects.map(({ apply, modifier }) => ({ apply, modifier })),
  };
  const data = { name: nameOf(object), generic: "object-prototype", attributes };
  return make("CreateGameObject", ref(gameObject.type, ids.prototype("object", object.vnum)), data, source);
}
