import { many, oneOf, reject, type ViewOf } from "@aethyr/kernel";
import { gameObject } from "../game-object/aggregate.ts";
import { player } from "../player/aggregate.ts";

/** Who records what they hold. */
export type Holder = ViewOf<typeof gameObject | typeof player>;

export const aHolder = oneOf(gameObject, player);
export const theHoldersAround = many(gameObject, player);

// What a rule about containment may answer, each word in one place.
export const containerNotFound = (containerId: string) => reject("container_not_found", `${containerId} does not exist`, { containerId });
export const itemNotFound = (itemId: string) => reject("item_not_found", `there is no game object ${itemId}`, { itemId });
export const itemEquipped = (itemId: string, slot: string) =>
  reject("item_equipped", `${itemId} is worn as ${slot}: unequip it first`, { itemId, slot });
export const movedAway = (itemId: string, containerId: string | null) =>
  reject("moved_away", `${itemId} is not there any more`, { itemId, containerId });
export const outOfReach = (path: string, mover: string) => reject("out_of_reach", `${path} is not where ${mover} is`, { path });
export const containerClosed = (itemId: string) => reject("container_closed", `${itemId} is closed: open it first`, { itemId });
export const seatTaken = (itemId: string, playerId: string) => reject("seat_taken", `${playerId} sits on ${itemId}`, { itemId, playerId });
export const notInInventory = (itemId: string, owner: string) =>
  reject("not_in_inventory", `${itemId} is not in the inventory of ${owner}`, { itemId });
