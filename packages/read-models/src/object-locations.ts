import { bigint, nullable, projection, table, text, timestamp } from "@aethyr/projections";
import { gameObjectEvents, playerEvents } from "@aethyr/world";
import { placeOf } from "./place.ts";

/** Where every thing and every player is, as its own history says; what is gone has no row. */
export const objectLocations = projection({
  name: "object_locations",
  version: 1,
  events: [gameObjectEvents, playerEvents],
  tables: {
    object_locations: table({
      columns: {
        /** `game-object` or `player`. */
        object_type: text(),
        object_id: text(),
        /** `room`, `player`, `game-object`; null for nowhere. */
        container_type: nullable(text()),
        container_id: nullable(text()),
        since: timestamp(),
        /** Position in the log of the event that brought it there. */
        since_position: bigint(),
      },
      key: ["object_type", "object_id"],
      indexes: [["container_type", "container_id"]],
    }),
  },
  on: {
    GameObjectCreated: ({ stream, time, position, data }, rows) => rows.object_locations.put(locationOf(stream, time, position, data)),
    PlayerCreated: ({ stream, time, position, data }, rows) => rows.object_locations.put(locationOf(stream, time, position, data)),
    GameObjectContainerUpdated: ({ stream, time, position, data }, rows) =>
      rows.object_locations.put(locationOf(stream, time, position, data)),
    GameObjectDeleted: ({ stream }, rows) => rows.object_locations.remove({ object_type: stream.type, object_id: stream.id }),
  },
});

const locationOf = (
  stream: { readonly type: string; readonly id: string },
  since: string,
  since_position: number,
  { containerId }: { readonly containerId: string | null },
) => ({ object_type: stream.type, object_id: stream.id, ...placeOf(containerId), since, since_position });
