import { bigint, nullable, projection, table, text, timestamp } from "@aethyr/projections";

/** How much has happened, by type of event and by type of aggregate. What the store itself counts (reads, failures, snapshots) `aethyr world stats` tells. */
export const statistics = projection({
  name: "statistics",
  version: 1,
  events: [],
  tables: {
    event_types: table({
      columns: { event_type: text(), events: bigint(), last_at: nullable(timestamp()) },
      key: ["event_type"],
    }),
    aggregate_types: table({
      columns: { aggregate_type: text(), events: bigint(), aggregates: bigint() },
      key: ["aggregate_type"],
    }),
  },
  on: {},
  every({ stream, version, type, time }, { event_types, aggregate_types }) {
    event_types.tally({ event_type: type }, { events: 1 });
    event_types.patch({ event_type: type }, { last_at: time });
    aggregate_types.tally({ aggregate_type: stream.type }, { events: 1, aggregates: version === 1 ? 1 : 0 });
  },
});
