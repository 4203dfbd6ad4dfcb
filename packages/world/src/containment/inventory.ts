import { AggregateId, fragment } from "@aethyr/kernel";
import { z } from "zod";

/** Where on a body, or on anything else, a thing can be worn or wielded. */
export const Slot = z.enum([
  "light",
  "finger-right",
  "finger-left",
  "neck-1",
  "neck-2",
  "body",
  "head",
  "legs",
  "feet",
  "hands",
  "arms",
  "shield",
  "about",
  "waist",
  "wrist-right",
  "wrist-left",
  "wield",
  "hold",
]);
export type Slot = z.infer<typeof Slot>;

const Cell = z.int().min(0).max(255);
/** A cell of the grid in which an inventory is shown. For the eye only: several things may share one. */
export const Position = z.object({ x: Cell, y: Cell });
export type Position = z.infer<typeof Position>;

const inSlot = z.object({ itemId: AggregateId, slot: Slot });

type Inventory = {
  /** Ids of the game objects carried or contained, sorted. */
  readonly items: readonly string[];
  /** Of the items that were given one. */
  readonly positions: Readonly<Record<string, Position>>;
  /** Ids of the game objects worn, by slot; they are not among the items. */
  readonly equipment: Readonly<Partial<Record<Slot, string>>>;
};

/** What a player or a game object holds: a record of what the things themselves say, changed in the same commit. */
export const inventory = fragment(
  {
    ItemAddedToInventory: z.object({ itemId: AggregateId, position: Position.exactOptional() }),
    ItemRemovedFromInventory: z.object({ itemId: AggregateId }),
    ItemEquipped: inSlot,
    ItemUnequipped: inSlot,
  },
  { items: [], positions: {}, equipment: {} } as Inventory,
  {
    ItemAddedToInventory: ({ items, positions }, { itemId, position }) => ({
      items: items.includes(itemId) ? items : [...items, itemId].sort(),
      positions: position === undefined ? positions : { ...positions, [itemId]: position },
    }),
    ItemRemovedFromInventory: ({ items, positions }, { itemId }) => {
      const { [itemId]: _, ...others } = positions;
      return { items: items.filter((id) => id !== itemId), positions: others };
    },
    ItemEquipped: ({ items, positions, equipment }, { itemId, slot }) => {
      const { [itemId]: _, ...others } = positions;
      return { items: items.filter((id) => id !== itemId), positions: others, equipment: { ...equipment, [slot]: itemId } };
    },
    ItemUnequipped: ({ items, equipment }, { itemId, slot }) => {
      const { [slot]: _, ...others } = equipment;
      return { items: [...items, itemId].sort(), equipment: others };
    },
  },
);

/** Everything that is held, in hand or worn. */
export const heldBy = ({ items, equipment }: Inventory): readonly string[] => [...items, ...Object.values(equipment)];

/** The slot in which a thing is worn, if it is. */
export function slotOf({ equipment }: Inventory, itemId: string): Slot | undefined {
  return Slot.options.find((slot) => equipment[slot] === itemId);
}
