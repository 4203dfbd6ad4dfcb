import type { WorldStats } from "@aethyr/operator";
import type { Row } from "../output/rows.ts";
import { verb } from "../verb.ts";
import { askWorld } from "../world/with-world.ts";

export const worldStats = verb({
  name: "stats",
  summary: "counts what is in the world",
  examples: [
    ["world stats", "rooms, exits, things, events"],
    ["world stats --output json", "the same for a script"],
  ],
  async run(call) {
    const stats = await askWorld(call, async ({ operations }) => operations.worldStats());
    await call.print.one(stats, rowsOf(stats));
  },
});

function rowsOf(stats: WorldStats): readonly Row[] {
  const { rooms, exits, players, game_objects, aggregate_count, aggregate_types, event_count, event_types, snapshot_count, head } = stats;
  return [
    ["rooms", rooms],
    ["exits", exits],
    ["players", players],
    ["game objects", Object.values(game_objects).reduce((sum, count) => sum + count, 0)],
    ...inner(game_objects),
    ["aggregates ever made", aggregate_count],
    ...inner(aggregate_types),
    ["events", event_count],
    ...inner(event_types),
    ["snapshots", snapshot_count],
    ["newest position", head],
  ];
}

const inner = (counts: Readonly<Record<string, number>>): readonly Row[] =>
  Object.entries(counts).map(([name, count]) => [`  ${name === "" ? "(without a generic name)" : name}`, count]);
