import { command } from "../command.ts";
import { spokenLine } from "../texts/clean.ts";

export const say = command({
  name: "say",
  usage: ["say TEXT", "'TEXT"],
  help: "Says something to whoever is here.",
  sends: [],
  events: [],
  async run({ rest, tell, speak }) {
    const text = spokenLine(rest);
    if (text === "") return tell("Say what?");
    await speak("say", text);
  },
});
