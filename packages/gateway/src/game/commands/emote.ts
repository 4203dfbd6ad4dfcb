import { command } from "../command.ts";
import { spokenLine } from "../texts/clean.ts";

export const emote = command({
  name: "emote",
  usage: ["emote TEXT", ":TEXT"],
  help: "Shows whoever is here what you do: `emote waves.` is seen with your name before it.",
  sends: [],
  events: [],
  async run({ rest, tell, speak }) {
    const text = spokenLine(rest);
    if (text === "") return tell("Emote what?");
    // It is read as a sentence.
    await speak("emote", /[\p{L}\p{N}]$/u.test(text) ? `${text}.` : text);
  },
});
