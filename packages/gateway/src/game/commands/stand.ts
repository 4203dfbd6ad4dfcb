import { command } from "../command.ts";

export const stand = command({
  name: "stand",
  usage: ["stand"],
  help: "Stands up.",
  sends: ["StandUp"],
  events: ["PlayerStoodUp"],
  async run({ sight, tell, send }) {
    if ((await send("StandUp", sight.me().path, {})) === "nothing") tell("You are standing already.");
  },
});
