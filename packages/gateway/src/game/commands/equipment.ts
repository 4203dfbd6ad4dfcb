import { command } from "../command.ts";
import { wornLines } from "../texts/describe.ts";

export const equipment = command({
  name: "equipment",
  aliases: ["eq"],
  usage: ["equipment"],
  help: "Lists what you wear, wield and hold.",
  sends: [],
  events: [],
  run({ sight, tell }) {
    const lines = wornLines(sight, sight.me().path);
    tell(lines.length === 0 ? "You wear nothing." : ["You use:", ...lines].join("\n"));
  },
});
