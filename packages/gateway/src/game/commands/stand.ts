import type { Command } from "../command.ts";

export const stand: Command = {
  name: "stand",
  usage: ["stand"],
  help: "Stands up.",
  sends: ["StandUp"],
  events: ["PlayerStoodUp"],
  async run({ sight, tell, send }) {
    if ((await send("StandUp", sight.me().path, {})) === "nothing") tell("You are standing already.");
  },
};
