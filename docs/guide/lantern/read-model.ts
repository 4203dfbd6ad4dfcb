import { boolean, integer, nullable, projection, table, text, timestamp } from "@aethyr/projections";
import { lanternEvents } from "./events.ts";

/** Every lantern there ever was, and who let it burn. */
export const lanternTable = projection({
  name: "lanterns",
  version: 1,
  events: [lanternEvents],
  tables: {
    lanterns: table({
      columns: { id: text(), oil: integer(), lit_by: nullable(text()), times_lit: integer(), changed_at: timestamp(), broken: boolean() },
      key: ["id"],
      indexes: [["lit_by"]],
    }),
  },
  on: {
    LanternMade: ({ stream: { id }, data: { oil }, time }, { lanterns }) =>
      lanterns.put({ id, oil, lit_by: null, times_lit: 0, changed_at: time, broken: false }),
    LanternLit({ stream: { id }, data: { by }, time }, { lanterns }) {
      lanterns.patch({ id }, { lit_by: by, changed_at: time });
      lanterns.add({ id }, { times_lit: 1 });
    },
    LanternPutOut: ({ stream: { id }, data: { oilLeft }, time }, { lanterns }) =>
      lanterns.patch({ id }, { oil: oilLeft, lit_by: null, changed_at: time }),
    LanternFilled: ({ stream: { id }, data: { oil }, time }, { lanterns }) => lanterns.patch({ id }, { oil, changed_at: time }),
    LanternBroken: ({ stream: { id }, time }, { lanterns }) => lanterns.patch({ id }, { lit_by: null, broken: true, changed_at: time }),
  },
});
