import { boolean, projection, table, text, timestamp } from "@aethyr/projections";
import { gameObjectEvents } from "@aethyr/world";

/** Things, and creatures that nobody plays; also those that are gone. */
export const gameObjects = projection({
  name: "game_objects",
  version: 1,
  events: [gameObjectEvents],
  tables: {
    game_objects: table({
      columns: {
        id: text(),
        name: text(),
        /** Of which kind it is: `sword`; empty where it has none. */
        generic: text(),
        created_at: timestamp(),
        deleted: boolean(),
      },
      key: ["id"],
      indexes: [["generic"], ["name"]],
    }),
  },
  on: {
    GameObjectCreated({ stream, time, data: { name, generic } }, { game_objects }) {
      game_objects.put({ id: stream.id, name, generic, created_at: time, deleted: false });
    },
    GameObjectDeleted({ stream }, { game_objects }) {
      if (stream.type === "game-object") game_objects.patch({ id: stream.id }, { deleted: true });
    },
  },
});
