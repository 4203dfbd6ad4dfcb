import { command } from "../command.ts";

export const quit = command({
  name: "quit",
  whole: true,
  usage: ["quit"],
  help: "Leaves this world for now. What you have stays yours, and you come back to where you were.",
  sends: [],
  events: [],
  run: (context) => context.quit(),
});
