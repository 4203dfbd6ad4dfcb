import type { Command } from "../command.ts";
import { directions } from "../texts/directions.ts";
import { capital } from "../texts/english.ts";

export const exits: Command = {
  name: "exits",
  usage: ["exits"],
  help: "Lists the ways out of here, and where they lead.",
  sends: [],
  events: [],
  run({ sight, tell }) {
    const here = sight.here();
    const lines = directions.flatMap((direction) => {
      const exit = here?.exits[direction];
      if (exit === undefined || exit.targetRoomId === null) return [];
      const closed = exit.door !== undefined && exit.door.state !== "open";
      return [
        `  ${capital(direction).padEnd(10)} ${closed ? `the ${exit.door?.keywords[0] ?? "door"} is ${exit.door?.state}` : (sight.room(exit.targetRoomId)?.name ?? "nowhere any more")}`,
      ];
    });
    tell(lines.length === 0 ? "There is no way out." : ["Ways out of here:", ...lines].join("\n"));
  },
};
