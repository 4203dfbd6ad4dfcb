import { command } from "../command.ts";
import { directions } from "../texts/directions.ts";
import { doorState } from "../texts/doors.ts";
import { capital } from "../texts/english.ts";

export const exits = command({
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
      const { door, targetRoomId } = exit;
      const behind =
        door === undefined || door.state === "open" ? (sight.view.room(targetRoomId)?.name ?? "nowhere any more") : doorState(door);
      return [`  ${capital(direction).padEnd(10)} ${behind}`];
    });
    tell(lines.length === 0 ? "There is no way out." : ["Ways out of here:", ...lines].join("\n"));
  },
});
