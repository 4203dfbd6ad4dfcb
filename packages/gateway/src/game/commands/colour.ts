import { command } from "../command.ts";

export const colour = command({
  name: "colour",
  aliases: ["color"],
  usage: ["colour on", "colour off", "colour"],
  help: "Shows places, ways out and what is said in colours, or stops that, until you leave. Only clients that say they can show colours get any.",
  sends: [],
  events: [],
  run({ rest, tell, colours }) {
    const wanted = rest.toLowerCase();
    if (wanted === "on" || wanted === "off") colours.choose(wanted === "on");
    else if (wanted !== "") return tell("Colour on, or colour off?");
    if (!colours.chosen()) return tell("You see no colours.");
    tell(colours.shown() ? "You see colours." : "You would see colours, but your client does not say that it can show any.");
  },
});
