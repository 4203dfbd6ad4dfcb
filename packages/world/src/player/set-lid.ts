import { AggregateId, pathOf, ref, reject, to } from "@aethyr/kernel";
import { z } from "zod";
import { itemNotFound, outOfReach } from "../containment/holder.ts";
import { gameObject } from "../game-object/aggregate.ts";
import { gameObjectEvents } from "../game-object/events.ts";
import { lidOf, withLid } from "../lid.ts";
import { fitAttributes } from "../shared/attributes.ts";
import { tooLarge } from "../shared/update-attributes.ts";
import { prototypeOf, traitsOf, valuesOf } from "../traits.ts";
import { player } from "./aggregate.ts";

const { GameObjectAttributeUpdated } = gameObjectEvents;

/**
 * A player opens or closes a container where they are, or one that they carry. What it records is the container's attribute `values`, which
 * importers bring and exporters take along: how it stands is nowhere else.
 */
export const SetLid = player.command({
  input: z.strictObject({ itemId: AggregateId, state: z.enum(["open", "closed"]) }),
  parties: { container: gameObject, prototype: gameObject },
  participants: ({ input: { itemId }, container }) => ({
    container: ref(gameObject.type, itemId),
    prototype: container === undefined ? null : prototypeOf(container.state.context.attributes),
  }),
  decide: ({ self, input: { itemId, state }, container, prototype }) => {
    if (container?.exists !== true) return itemNotFound(itemId);
    const { containerId: here } = self.state.context;
    const { containerId, attributes } = container.state.context;
    if (containerId === null || (containerId !== here && containerId !== pathOf(self.ref)))
      return outOfReach(pathOf(container.ref), self.id);
    if (traitsOf(container.state.context, prototype?.state.context).container === null)
      return reject("not_a_container", `${itemId} is nothing that opens and closes`, { itemId });
    const values = valuesOf(attributes, prototype?.state.context.attributes);
    const lid = lidOf(values);
    if (lid.state === state) return [];
    if (lid.state === "locked") return state === "closed" ? [] : reject("container_locked", `${itemId} is locked`, { itemId });
    if (!lid.closeable) return reject("not_closeable", `${itemId} has nothing to close it with`, { itemId });
    const value = withLid(values, state);
    if (!fitAttributes({ ...attributes, values: value })) return tooLarge();
    return [to(container, GameObjectAttributeUpdated({ key: "values", value }))];
  },
});
