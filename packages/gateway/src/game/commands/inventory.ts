import { command } from "../command.ts";
import { nameList } from "../texts/describe.ts";

export const inventory = command({
  name: "inventory",
  aliases: ["i"],
  usage: ["inventory"],
  help: "Lists what you carry.",
  sends: [],
  events: [],
  run({ sight, tell }) {
    const names = nameList(sight.carried());
    tell(names.length === 0 ? "You carry nothing." : ["You carry:", ...names.map((name) => `  ${name}`)].join("\n"));
  },
});
