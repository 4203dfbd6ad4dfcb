import type { Command } from "../command.ts";

export const quit: Command = {
  name: "quit",
  whole: true,
  usage: ["quit"],
  help: "Leaves this world for now. What you have stays yours, and you come back to where you were.",
  sends: [],
  events: [],
  run: (the) => the.quit(),
};
