import type { EventMeta } from "@aethyr/kernel";
import { bigint, nullable, projection, table, text, timestamp } from "@aethyr/projections";
import { gameObjectEvents } from "@aethyr/world";
import { placeOf } from "./place.ts";

/** Who or what held a thing from when to when, and by whose command: a row for every place that it was ever in, the present one open. */
export const custody = projection({
  name: "custody",
  version: 1,
  events: [gameObjectEvents],
  tables: {
    custody: table({
      columns: {
        item_id: text(),
        /** Position in the log of the event that brought it there. */
        from_position: bigint(),
        /** `room`, `player`, `game-object`; null for nowhere. */
        container_type: nullable(text()),
        container_id: nullable(text()),
        from_time: timestamp(),
        from_command: text(),
        /** Who sent that command; null where nobody said. */
        from_actor: nullable(text()),
        /** Why it was sent: the id of the event or command that it followed from. */
        from_cause: nullable(text()),
        /** Null for where it is now. */
        until_position: nullable(bigint()),
        until_time: nullable(timestamp()),
        until_command: nullable(text()),
        until_actor: nullable(text()),
        until_cause: nullable(text()),
      },
      key: ["item_id", "from_position"],
      indexes: [
        ["container_type", "container_id"],
        ["item_id", "until_position"],
      ],
    }),
  },
  on: {
    GameObjectCreated: (event, { custody: rows }) => rows.put(begun(event)),
    GameObjectContainerUpdated(event, { custody: rows }) {
      if (event.stream.type !== "game-object") return;
      rows.patchWhere({ item_id: event.stream.id, until_position: null }, ended(event));
      rows.put(begun(event));
    },
    GameObjectDeleted(event, { custody: rows }) {
      if (event.stream.type === "game-object") rows.patchWhere({ item_id: event.stream.id, until_position: null }, ended(event));
    },
  },
});

type Happened = { readonly position: number; readonly time: string; readonly meta: EventMeta };
type Moved = Happened & { readonly stream: { readonly id: string }; readonly data: { readonly containerId: string | null } };

const begun = ({ stream, position, time, meta, data }: Moved) => ({
  item_id: stream.id,
  from_position: position,
  ...placeOf(data.containerId),
  from_time: time,
  from_command: meta.command,
  from_actor: meta.actor,
  from_cause: meta.causation,
  until_position: null,
  until_time: null,
  until_command: null,
  until_actor: null,
  until_cause: null,
});

const ended = ({ position, time, meta }: Happened) => ({
  until_position: position,
  until_time: time,
  until_command: meta.command,
  until_actor: meta.actor,
  until_cause: meta.causation,
});
