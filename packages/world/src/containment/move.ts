import { pathOf, reject, to, type Addressed, type EventOf, type Ref, type Rejection, type View } from "@aethyr/kernel";
import { containerNotFound, itemEquipped, type Holder } from "./holder.ts";
import { heldBy, inventory, slotOf, type Position } from "./inventory.ts";
import { holderAt, place } from "./place.ts";
import type { seat } from "../game-object/seat.ts";

const { GameObjectContainerUpdated } = place.events;
const { ItemAddedToInventory, ItemRemovedFromInventory } = inventory.events;

/** What can be moved: things, with all that is in them, and players. */
export type Movable = View<
  { readonly context: typeof place.initial & typeof inventory.initial & Partial<typeof seat.initial> },
  EventOf<typeof place.events.catalogue>
>;

/** A thing's way from where it is to another place, with everybody whom that concerns. */
export type Move = {
  readonly thing: Movable;
  readonly containerId: string | null;
  /** Who holds the thing now, if anybody does. */
  readonly from: Holder | undefined;
  /** Where it goes, if that is a room. */
  readonly room?: View | undefined;
  /** Where it goes, if that is a player or a game object. */
  readonly into: Holder | undefined;
  /** The holders around that one, see `around`. */
  readonly around?: readonly Holder[];
  readonly position?: Position | undefined;
};

/** How many holders may be around the one that a thing with contents goes into. */
export const maxDepth = 32;

/**
 * Participants of a move: the holders around the one that the thing goes into, from the inside out, one more each time. Only what holds
 * something can end up inside itself; for anything else nobody is asked.
 */
export function around(thing: Movable, into: Holder | undefined, known: readonly Holder[] = []): readonly Ref[] {
  const outermost = known.at(-1) ?? into;
  const next = outermost === undefined || isEmpty(thing) || isSame(outermost, thing) ? null : holderAt(outermost.state.context.containerId);
  const refs = known.map((holder) => holder.ref);
  return next === null || refs.length > maxDepth ? refs : [...refs, next];
}

/** One commit: the thing says where it is, who held it loses it, who is to hold it gains it. Or the reason why it cannot go there. */
export function move({ thing, containerId, room, from, into, around: holders = [], position }: Move): Rejection | readonly Addressed[] {
  const slot = from && slotOf(from.state.context, thing.id);
  if (slot !== undefined) return itemEquipped(thing.id, slot);
  if (containerId !== null && (into ?? room)?.exists !== true) return containerNotFound(containerId);
  if (into && [into, ...holders].some((holder) => isSame(holder, thing))) {
    return reject("containment_cycle", `${thing.id} would be inside itself`);
  }
  if (holders.length > maxDepth) {
    return reject("too_deep", `${containerId} is itself inside more than ${maxDepth} others: choose one further out`);
  }
  const itemId = thing.id;
  return [
    to(thing, GameObjectContainerUpdated({ containerId })),
    ...(from ? [to(from, ItemRemovedFromInventory({ itemId }))] : []),
    ...(into ? [to(into, ItemAddedToInventory(position === undefined ? { itemId } : { itemId, position }))] : []),
  ];
}

const isEmpty = (thing: Movable) => heldBy(thing.state.context).length === 0;
const isSame = (one: View, other: View) => pathOf(one.ref) === pathOf(other.ref);
