import { events } from "@aethyr/kernel";
import { z } from "zod";
import { inventory } from "../containment/inventory.ts";
import { ContainerId, place } from "../containment/place.ts";
import { Attributes, attributes } from "../shared/attributes.ts";
import { deletion } from "../shared/deletion.ts";
import { Name } from "../shared/texts.ts";
import { seat } from "./seat.ts";

/** A generic name by which things of a kind are found, such as `sword`; "" for none. */
export const Generic = z.string().max(128);

// These names and shapes are stored for ever: add, never rename; to change a shape, make it `versioned`.
export const gameObjectEvents = events({
  GameObjectCreated: z.object({ name: Name, generic: Generic, containerId: ContainerId.nullable(), attributes: Attributes }),
  ...attributes.events.catalogue,
  ...place.events.catalogue,
  ...inventory.events.catalogue,
  ...seat.events.catalogue,
  ...deletion.catalogue,
});
