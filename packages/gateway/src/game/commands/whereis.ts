import type { Command } from "../command.ts";
import { choose, wantedOf } from "../grammar/wanted.ts";

export const whereis: Command = {
  name: "whereis",
  aliases: ["where"],
  usage: ["whereis", "whereis PERSON"],
  help: "Tells where people are.",
  sends: [],
  events: [],
  run({ sight, rest, tell }) {
    const found = rest === "" ? sight.online() : choose(wantedOf(rest), sight.online(), ({ player }) => [player]);
    const lines = found.map(({ player, name }) => {
      const seen = sight.player(player);
      return `${name} is ${(seen && sight.roomOf(seen)?.name) ?? "nowhere"}.`.replace(
        " is ",
        seen && sight.roomOf(seen) ? " is at " : " is ",
      );
    });
    tell(lines.length === 0 ? "Nobody of that name is in this world now." : lines.join("\n"));
  },
};
