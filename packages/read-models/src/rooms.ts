import { boolean, nullable, projection, table, text, timestamp } from "@aethyr/projections";
import { roomEvents } from "@aethyr/world";

/** Rooms, also those that are gone, and the ways out of those that are not. */
export const rooms = projection({
  name: "rooms",
  version: 1,
  events: [roomEvents],
  tables: {
    rooms: table({
      columns: { id: text(), name: text(), description: text(), created_at: timestamp(), deleted: boolean() },
      key: ["id"],
      indexes: [["name"]],
    }),
    room_exits: table({
      columns: {
        room_id: text(),
        direction: text(),
        /** Null for an exit that leads nowhere. */
        target_room_id: nullable(text()),
        description: nullable(text()),
        /** What players call its door, words separated by blanks; null where there is none. */
        door: nullable(text()),
        /** `open`, `closed`, `locked`, or null. */
        door_state: nullable(text()),
        door_key_id: nullable(text()),
      },
      key: ["room_id", "direction"],
      indexes: [["target_room_id"]],
    }),
  },
  on: {
    RoomCreated({ stream: { id }, time, data: { name, description } }, rows) {
      rows.rooms.put({ id, name, description, created_at: time, deleted: false });
    },
    RoomDescriptionUpdated({ stream: { id }, data: { description } }, rows) {
      rows.rooms.patch({ id }, { description });
    },
    RoomExitAdded({ stream: { id }, data: { direction, targetRoomId, description, door } }, rows) {
      rows.room_exits.put({
        room_id: id,
        direction,
        target_room_id: targetRoomId,
        description: description ?? null,
        door: door?.keywords.join(" ") ?? null,
        door_state: door?.state ?? null,
        door_key_id: door?.keyId ?? null,
      });
    },
    RoomExitRemoved({ stream: { id }, data: { direction } }, rows) {
      rows.room_exits.remove({ room_id: id, direction });
    },
    GameObjectDeleted({ stream: { type, id } }, rows) {
      if (type !== "room") return;
      rows.rooms.patch({ id }, { deleted: true });
      rows.room_exits.removeWhere({ room_id: id });
    },
  },
});
