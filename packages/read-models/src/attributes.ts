import type { Json } from "@aethyr/kernel";
import { boolean, double, nullable, projection, table, text, timestamp } from "@aethyr/projections";
import { gameObjectEvents, playerEvents, roomEvents } from "@aethyr/world";

/** What things, players and rooms have that no rule of the world knows about, one row for each key. */
export const attributes = projection({
  name: "attributes",
  version: 1,
  events: [gameObjectEvents, playerEvents, roomEvents],
  tables: {
    attributes: table({
      columns: {
        aggregate_type: text(),
        aggregate_id: text(),
        key: text(),
        /** `text`, `number`, `boolean`, `null`, or `json` for lists and objects: which of the next columns has the value. */
        kind: text(),
        /** Of `json` as JSON text. */
        text_value: nullable(text()),
        number_value: nullable(double()),
        boolean_value: nullable(boolean()),
        updated_at: timestamp(),
      },
      key: ["aggregate_type", "aggregate_id", "key"],
      indexes: [["key", "number_value"]],
    }),
  },
  on: {
    GameObjectCreated: (event, rows) => write(event, event.data.attributes, rows),
    RoomCreated: (event, rows) => write(event, event.data.attributes, rows),
    GameObjectAttributeUpdated: (event, rows) => write(event, { [event.data.key]: event.data.value }, rows),
    GameObjectAttributesUpdated: (event, rows) => write(event, event.data.attributes, rows),
    GameObjectDeleted: ({ stream }, rows) => rows.attributes.removeWhere({ aggregate_type: stream.type, aggregate_id: stream.id }),
  },
});

type Changed = { readonly stream: { readonly type: string; readonly id: string }; readonly time: string };
type Written = { put(row: ReturnType<typeof rowOf>): void };

function write(event: Changed, values: Readonly<Record<string, Json>>, rows: { readonly attributes: Written }): void {
  for (const [key, value] of Object.entries(values)) rows.attributes.put(rowOf(event, key, value));
}

const rowOf = ({ stream, time }: Changed, key: string, value: Json) => ({
  aggregate_type: stream.type,
  aggregate_id: stream.id,
  key,
  kind: kindOf(value),
  text_value: typeof value === "string" ? value : typeof value === "object" && value !== null ? JSON.stringify(value) : null,
  number_value: typeof value === "number" ? value : null,
  boolean_value: typeof value === "boolean" ? value : null,
  updated_at: time,
});

function kindOf(value: Json): string {
  if (value === null) return "null";
  if (typeof value === "object") return "json";
  return typeof value === "string" ? "text" : typeof value;
}
