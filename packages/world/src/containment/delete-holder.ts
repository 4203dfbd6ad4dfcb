import { many, ref, reject, to, type Addressed, type Aggregate, type EventOf, type View, type ViewOf } from "@aethyr/kernel";
import { z } from "zod";
import { gameObject } from "../game-object/aggregate.ts";
import { deletion } from "../shared/deletion.ts";
import { aHolder, type Holder } from "./holder.ts";
import { heldBy, inventory, slotOf } from "./inventory.ts";
import { holderAt, place } from "./place.ts";

const { GameObjectContainerUpdated } = place.events;
const { ItemAddedToInventory, ItemRemovedFromInventory, ItemUnequipped } = inventory.events;
const { GameObjectDeleted } = deletion;

type Deletable = Aggregate<
  string,
  EventOf<typeof deletion.catalogue>,
  { readonly context: typeof place.initial & typeof inventory.initial }
>;
type Holding = View<{ readonly context: typeof inventory.initial }>;

/** So many things at most lose or change their place with the one that held them; it keeps the commit within 256 events. */
export const maxContents = 120;

/**
 * Deletes a thing or a player. `contents` says what becomes of what it holds: nothing is deleted as long as there is any (`refuse`), it
 * stays where the holder was (`drop`), or it goes too, with all that is inside (`delete`).
 */
export const deleteHolder = (aggregate: Deletable) =>
  aggregate.command({
    input: z.strictObject({ contents: z.enum(["refuse", "drop", "delete"]).default("refuse") }),
    parties: { holder: aHolder, contents: many(gameObject) },
    limit: maxContents + 2,
    participants: ({ self, input, contents = [] }) => ({
      holder: holderAt(self.state.context.containerId),
      contents: concerned(self, input.contents, contents)
        .slice(0, maxContents)
        .map((id) => ref(gameObject.type, id)),
    }),
    decide: ({ self, input, holder, contents }) => {
      const held = heldBy(self.state.context).length;
      if (held > 0 && input.contents === "refuse") {
        return reject("not_empty", `${self.id} holds ${held} things: say whether to drop or to delete them`, { things: held });
      }
      if (concerned(self, input.contents, contents).length > maxContents) {
        return reject("too_many_contents", `${self.id} holds more than ${maxContents} things: move or delete some of them first`);
      }
      const left = holder ? [to(holder, ...farewell(holder, self.id))] : [];
      const events =
        input.contents === "drop"
          ? dropped(contents, self.state.context.containerId, holder)
          : contents.map((thing) => to(thing, GameObjectDeleted({})));
      // Its own record of what it held ends with it: where the things are, each says itself.
      return [...left, ...events, GameObjectDeleted({})];
    },
  });

/** Ids of the things that change with their holder, as far as it and they are known. */
function concerned(self: Holding, contents: "refuse" | "drop" | "delete", known: readonly Holding[]): readonly string[] {
  if (contents === "refuse") return [];
  const opened = contents === "delete" ? [self, ...known] : [self];
  return opened.flatMap((each) => heldBy(each.state.context));
}

function farewell(holder: Holder, itemId: string) {
  const slot = slotOf(holder.state.context, itemId);
  const removed = ItemRemovedFromInventory({ itemId });
  return slot === undefined ? [removed] : [ItemUnequipped({ itemId, slot }), removed];
}

function dropped(
  things: readonly ViewOf<typeof gameObject>[],
  containerId: string | null,
  holder: Holder | undefined,
): readonly Addressed[] {
  const moved = things.map((thing) => to(thing, GameObjectContainerUpdated({ containerId })));
  return holder ? [...moved, to(holder, ...things.map(({ id }) => ItemAddedToInventory({ itemId: id })))] : moved;
}
