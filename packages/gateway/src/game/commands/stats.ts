import { command } from "../command.ts";

export const stats = command({
  name: "stats",
  admin: true,
  usage: ["stats"],
  help: "Numbers of the event store and of this world.",
  sends: [],
  events: [],
  async run({ sight, statistics, tell }) {
    const { rooms, things, players } = sight.view.counts();
    const own = [`rooms: ${rooms}`, `things: ${things}`, `players: ${players}`, `online: ${sight.online().length}`];
    const stored = await statistics();
    if (stored === undefined) return tell([...own, "The event store has no numbers for you now."].join("\n"));
    const lines = Object.entries(stored).flatMap(([name, value]) =>
      typeof value === "object" && value !== null
        ? [`${name}:`, ...Object.entries(value).map(([key, count]) => `  ${key}: ${JSON.stringify(count)}`)]
        : [`${name}: ${String(value)}`],
    );
    tell([...own, ...lines].join("\n"));
  },
});
