import { AggregateId, reject } from "@aethyr/kernel";
import { z } from "zod";
import { itemEquipped, notInInventory } from "./holder.ts";
import { inventory, Slot, slotOf } from "./inventory.ts";
import type { Owner } from "./inventory-rules.ts";

const { ItemEquipped, ItemUnequipped } = inventory.events;
const InSlot = z.strictObject({ itemId: AggregateId, slot: Slot });

/** The owner wears or wields what it carries. The thing stays where it is, with its owner. */
export const equipItem = (aggregate: Owner) =>
  aggregate.command({
    input: InSlot,
    decide: ({ self, input: { itemId, slot } }) => {
      const { items, equipment } = self.state.context;
      const wornAs = slotOf(self.state.context, itemId);
      if (wornAs === slot) return [];
      if (wornAs !== undefined) return itemEquipped(itemId, wornAs);
      if (!items.includes(itemId)) return notInInventory(itemId, self.id);
      if (equipment[slot] !== undefined) {
        return reject("slot_taken", `${self.id} has ${equipment[slot]} as ${slot}: unequip that first`, { slot, itemId: equipment[slot] });
      }
      return [ItemEquipped({ itemId, slot })];
    },
  });

/** The owner takes off what it wears, and goes on carrying it. */
export const unequipItem = (aggregate: Owner) =>
  aggregate.command({
    input: InSlot,
    decide: ({ self, input: { itemId, slot } }) => {
      if (self.state.context.equipment[slot] !== itemId) {
        return reject("not_equipped", `${self.id} does not have ${itemId} as ${slot}`, { itemId, slot });
      }
      return [ItemUnequipped({ itemId, slot })];
    },
  });
