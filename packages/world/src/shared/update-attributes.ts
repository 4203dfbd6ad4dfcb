import { reject, type Aggregate, type EventOf, type Json } from "@aethyr/kernel";
import { z } from "zod";
import { AttributeKey, Attributes, attributes, AttributeValue, fitAttributes } from "./attributes.ts";
import { sameJson } from "./same-json.ts";

const { GameObjectAttributeUpdated, GameObjectAttributesUpdated } = attributes.events;

/** Whoever has attributes: game objects, players, rooms. */
type Attributed = Aggregate<string, EventOf<typeof attributes.events.catalogue>, { readonly context: typeof attributes.initial }>;

export const updateAttribute = (aggregate: Attributed) =>
  aggregate.command({
    input: z.strictObject({ key: AttributeKey, value: AttributeValue }),
    decide: ({ self, input: { key, value } }) => {
      const { attributes: present } = self.state.context;
      if (has(present, key, value)) return [];
      if (!fitAttributes({ ...present, [key]: value })) return tooLarge();
      return [GameObjectAttributeUpdated({ key, value })];
    },
  });

/** Sets many keys at once and leaves the others as they are. Only what differs is recorded. */
export const updateAttributes = (aggregate: Attributed) =>
  aggregate.command({
    input: z.strictObject({ attributes: Attributes }),
    decide: ({ self, input }) => {
      const { attributes: present } = self.state.context;
      const changes = Object.entries(input.attributes).filter(([key, value]) => !has(present, key, value));
      if (changes.length === 0) return [];
      if (!fitAttributes({ ...present, ...input.attributes })) return tooLarge();
      return [GameObjectAttributesUpdated({ attributes: Object.fromEntries(changes) })];
    },
  });

const has = (present: Attributes, key: string, value: Json) => Object.hasOwn(present, key) && sameJson(present[key]!, value);
export const tooLarge = () =>
  reject("attributes_too_large", "with these the attributes would take more than 16 KiB as JSON: shorten other values first");
