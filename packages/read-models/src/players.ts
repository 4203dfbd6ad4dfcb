import { refOf } from "@aethyr/kernel";
import { boolean, nullable, projection, table, text, timestamp } from "@aethyr/projections";
import { playerEvents } from "@aethyr/world";

const roomIdOf = (containerId: string | null): string | null => (containerId === null ? null : refOf(containerId).id);

/** Characters of people. Their passwords are in no column, not even sealed. */
export const players = projection({
  name: "players",
  version: 1,
  events: [playerEvents],
  tables: {
    players: table({
      columns: {
        id: text(),
        name: text(),
        admin: boolean(),
        /** Where they are, or were when they left; null for nowhere. */
        room_id: nullable(text()),
        created_at: timestamp(),
        password_changed_at: timestamp(),
        deleted: boolean(),
      },
      key: ["id"],
      indexes: [["room_id"], ["name"]],
    }),
  },
  on: {
    PlayerCreated({ stream: { id }, time, data: { name, admin, containerId } }, rows) {
      const room_id = roomIdOf(containerId);
      rows.players.put({ id, name, admin, room_id, created_at: time, password_changed_at: time, deleted: false });
    },
    PlayerPasswordUpdated({ stream: { id }, time }, rows) {
      rows.players.patch({ id }, { password_changed_at: time });
    },
    PlayerAdminStatusUpdated({ stream: { id }, data: { admin } }, rows) {
      rows.players.patch({ id }, { admin });
    },
    GameObjectContainerUpdated({ stream: { type, id }, data: { containerId } }, rows) {
      if (type === "player") rows.players.patch({ id }, { room_id: roomIdOf(containerId) });
    },
    GameObjectDeleted({ stream: { type, id } }, rows) {
      if (type === "player") rows.players.patch({ id }, { deleted: true, room_id: null });
    },
  },
});
