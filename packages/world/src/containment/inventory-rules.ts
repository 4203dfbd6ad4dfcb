import { AggregateId, alive, pathOf, ref, type Aggregate, type EventOf } from "@aethyr/kernel";
import { z } from "zod";
import { gameObject } from "../game-object/aggregate.ts";
import { room } from "../room/aggregate.ts";
import { aHolder, itemEquipped, itemNotFound, notInInventory, theHoldersAround } from "./holder.ts";
import { inventory, Position, slotOf } from "./inventory.ts";
import { around, move } from "./move.ts";
import { ContainerId, holderAt, roomAt, type place } from "./place.ts";
import { beyondReach, prototypesOf, thePrototypes } from "./reach.ts";
import { satOn, sittersOn, theSitters } from "./sitters.ts";
import { sameJson } from "../shared/same-json.ts";

const { ItemAddedToInventory } = inventory.events;

/** Whoever has an inventory: players and game objects. */
export type Owner = Aggregate<
  string,
  EventOf<typeof inventory.events.catalogue>,
  { readonly context: typeof place.initial & typeof inventory.initial }
>;

/**
 * Moves a thing from wherever it is, or only `from` where it is believed to be, to its owner-to-be; or, where it is there already, to
 * another position.
 */
export const addItem = (aggregate: Owner) =>
  aggregate.command({
    input: z.strictObject({ itemId: AggregateId, position: Position.exactOptional(), from: ContainerId.nullable().exactOptional() }),
    parties: { item: gameObject, from: aHolder, into: aHolder, around: theHoldersAround, prototypes: thePrototypes, sitters: theSitters },
    participants: ({ self, input, item, from, into, around: known }) => ({
      item: ref(gameObject.type, input.itemId),
      from: holderAt(item?.state.context.containerId ?? null),
      into: self.ref,
      around: item ? around(item, into, known) : [],
      prototypes: input.from === undefined ? [] : prototypesOf(from, into),
      sitters: input.from === undefined ? [] : sittersOn(item),
    }),
    decide: ({ self, input: { itemId, position, from: expected }, item, ...others }) => {
      if (item?.exists !== true) return itemNotFound(itemId);
      const { items, positions } = self.state.context;
      if (!items.includes(itemId)) {
        const way = { thing: item, containerId: pathOf(self.ref), position, ...others };
        return beyondReach(way, expected) ?? satOn(item, others.sitters) ?? move(way);
      }
      return position === undefined || sameJson(position, positions[itemId] ?? null) ? [] : [ItemAddedToInventory({ itemId, position })];
    },
  });

/** Puts a thing down where its owner is. */
export const removeItem = (aggregate: Owner) =>
  aggregate.command({
    input: z.strictObject({ itemId: AggregateId }),
    parties: { item: gameObject, from: aHolder, into: aHolder, room: alive(room) },
    participants: ({ self, input }) => {
      const { containerId, items } = self.state.context;
      return {
        item: items.includes(input.itemId) ? ref(gameObject.type, input.itemId) : null,
        from: self.ref,
        into: holderAt(containerId),
        room: roomAt(containerId),
      };
    },
    decide: ({ self, input: { itemId }, item, ...others }) => {
      const slot = slotOf(self.state.context, itemId);
      if (slot !== undefined) return itemEquipped(itemId, slot);
      if (item === undefined) return notInInventory(itemId, self.id);
      return move({ thing: item, containerId: self.state.context.containerId, ...others });
    },
  });
