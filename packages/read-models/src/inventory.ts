import { integer, nullable, projection, table, text, timestamp } from "@aethyr/projections";
import { gameObjectEvents, playerEvents } from "@aethyr/world";

/** What players and things hold: what they carry or contain, and what they wear. */
export const inventory = projection({
  name: "inventory",
  version: 1,
  events: [gameObjectEvents, playerEvents],
  tables: {
    inventory_items: table({
      columns: {
        item_id: text(),
        /** `player` or `game-object`. */
        holder_type: text(),
        holder_id: text(),
        /** Cell of the grid in which it is shown; null where nobody chose one. */
        position_x: nullable(integer()),
        position_y: nullable(integer()),
        since: timestamp(),
      },
      key: ["item_id"],
      indexes: [["holder_type", "holder_id"]],
    }),
    equipment: table({
      columns: {
        holder_type: text(),
        holder_id: text(),
        slot: text(),
        item_id: text(),
        since: timestamp(),
      },
      key: ["holder_type", "holder_id", "slot"],
      indexes: [["item_id"]],
    }),
  },
  on: {
    ItemAddedToInventory({ stream, time, data: { itemId, position } }, { inventory_items }) {
      inventory_items.put({
        item_id: itemId,
        holder_type: stream.type,
        holder_id: stream.id,
        position_x: position?.x ?? null,
        position_y: position?.y ?? null,
        since: time,
      });
    },
    ItemRemovedFromInventory({ stream, data: { itemId } }, { inventory_items }) {
      // One commit takes a thing from one holder and gives it to another, in any order: only this holder's row goes.
      inventory_items.removeWhere({ item_id: itemId, holder_type: stream.type, holder_id: stream.id });
    },
    ItemEquipped({ stream, time, data: { itemId, slot } }, { inventory_items, equipment }) {
      inventory_items.removeWhere({ item_id: itemId, holder_type: stream.type, holder_id: stream.id });
      equipment.put({ holder_type: stream.type, holder_id: stream.id, slot, item_id: itemId, since: time });
    },
    ItemUnequipped({ stream, time, data: { itemId, slot } }, { inventory_items, equipment }) {
      equipment.remove({ holder_type: stream.type, holder_id: stream.id, slot });
      inventory_items.put({
        item_id: itemId,
        holder_type: stream.type,
        holder_id: stream.id,
        position_x: null,
        position_y: null,
        since: time,
      });
    },
    GameObjectDeleted({ stream }, { inventory_items, equipment }) {
      inventory_items.removeWhere({ holder_type: stream.type, holder_id: stream.id });
      equipment.removeWhere({ holder_type: stream.type, holder_id: stream.id });
    },
  },
});
