import type { Json, Ref } from "@aethyr/kernel";
import { z } from "zod";
import { gameObject } from "./game-object/aggregate.ts";

type GameEvent = { readonly type: string; readonly data: Json };

const Placed = z.object({ containerId: z.string().nullable() });
const InSlot = z.object({ itemId: z.string(), slot: z.string() });
const placing: ReadonlySet<string> = new Set(["GameObjectCreated", "PlayerCreated", "GameObjectContainerUpdated"]);

/** How the events of this world tell who has a thing; their data are of the current shape. */
export const custodyReader = {
  /** Where a thing or a player is after an event of its own; only its own stream says so. */
  placeAfter({ type, data }: GameEvent): { readonly at: string | null } | "gone" | undefined {
    if (type === "GameObjectDeleted") return "gone";
    return placing.has(type) ? { at: Placed.parse(data).containerId } : undefined;
  },
  /** The slot in which a holder wears a thing after an event of the holder's. Taken off it is still held. */
  slotAfter({ type, data }: GameEvent, thing: Ref): string | null | undefined {
    if (type !== "ItemEquipped" && type !== "ItemUnequipped") return undefined;
    const { itemId, slot } = InSlot.parse(data);
    if (thing.type !== gameObject.type || itemId !== thing.id) return undefined;
    return type === "ItemEquipped" ? slot : null;
  },
};
