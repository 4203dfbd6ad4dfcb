import type { Command } from "../command.ts";
import { counted } from "../texts/english.ts";

export const who: Command = {
  name: "who",
  usage: ["who"],
  help: "Lists who is in this world now.",
  sends: [],
  events: [],
  run({ sight, tell }) {
    const lines = sight
      .online()
      .map(
        ({ name, player, linkDead }) =>
          `  ${name}${sight.player(player)?.admin === true ? " (administrator)" : ""}${linkDead ? " (link-dead)" : ""}`,
      );
    tell([...lines, `${counted(lines.length, "person", "people")} in this world.`].join("\n"));
  },
};
