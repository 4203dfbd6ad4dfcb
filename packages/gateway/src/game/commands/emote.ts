import type { Command } from "../command.ts";
import { cleanLine } from "../texts/clean.ts";

export const emote: Command = {
  name: "emote",
  usage: ["emote TEXT", ":TEXT"],
  help: "Shows whoever is here what you do: `emote waves.` is seen with your name before it.",
  sends: [],
  events: [],
  async run({ rest, tell, speak }) {
    const text = cleanLine(rest);
    if (text === "") return tell("Emote what?");
    await speak("emote", text);
  },
};
