import { alive, to } from "@aethyr/kernel";
import { z } from "zod";
import { aHolder, containerNotFound } from "../containment/holder.ts";
import { inventory } from "../containment/inventory.ts";
import { ContainerId, holderAt, roomAt } from "../containment/place.ts";
import { room } from "../room/aggregate.ts";
import { Attributes } from "../shared/attributes.ts";
import { Name } from "../shared/texts.ts";
import { gameObject } from "./aggregate.ts";
import { gameObjectEvents, Generic } from "./events.ts";

const { GameObjectCreated } = gameObjectEvents;
const { ItemAddedToInventory } = inventory.events;

/** Makes a thing, where it shall be. */
export const CreateGameObject = gameObject.command({
  creates: true,
  input: z.strictObject({
    name: Name,
    generic: Generic.default(""),
    containerId: ContainerId.nullable().default(null),
    attributes: Attributes.default({}),
  }),
  parties: { into: aHolder, room: alive(room) },
  participants: ({ input }) => ({ into: holderAt(input.containerId), room: roomAt(input.containerId) }),
  decide: ({ self, input, into, room: place }) => {
    if (input.containerId !== null && (into ?? place)?.exists !== true) return containerNotFound(input.containerId);
    return [GameObjectCreated(input), ...(into ? [to(into, ItemAddedToInventory({ itemId: self.id }))] : [])];
  },
});
