import type { Command } from "../command.ts";
import { cleanLine } from "../texts/clean.ts";

export const say: Command = {
  name: "say",
  usage: ["say TEXT", "'TEXT"],
  help: "Says something to whoever is here.",
  sends: [],
  events: [],
  async run({ rest, tell, speak }) {
    const text = cleanLine(rest);
    if (text === "") return tell("Say what?");
    await speak("say", text);
  },
};
