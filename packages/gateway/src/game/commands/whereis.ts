import { command } from "../command.ts";
import { choose, wantedOf } from "../grammar/wanted.ts";

export const whereis = command({
  name: "whereis",
  aliases: ["where"],
  usage: ["whereis", "whereis PERSON"],
  help: "Tells where people are.",
  sends: [],
  events: [],
  run({ sight, rest, tell }) {
    const found = rest === "" ? sight.online() : choose(wantedOf(rest), sight.online(), ({ player }) => [player]);
    const lines = found.map(({ player, name }) => {
      const room = sight.view.roomAt(sight.view.player(player)?.containerId ?? null);
      return room === undefined ? `${name} is nowhere.` : `${name} is at ${room.name}.`;
    });
    tell(lines.length === 0 ? "Nobody of that name is in this world now." : lines.join("\n"));
  },
});
