import { command } from "../command.ts";
import { counted } from "../texts/english.ts";

export const who = command({
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
          `  ${name}${sight.view.player(player)?.admin === true ? " (administrator)" : ""}${linkDead ? " (link-dead)" : ""}`,
      );
    tell([...lines, `${counted(lines.length, "person", "people")} in this world.`].join("\n"));
  },
});
