import { verb } from "../verb.ts";
import { doEach } from "./deadletter-retry.ts";

export const deadLetterDrop = verb({
  name: "drop",
  summary: "removes commands that were put aside, for good",
  details: "Nothing of them has taken effect, and nothing will. Fails if there is none of one of the numbers.",
  examples: [
    ["deadletter drop 12", "one of them"],
    ["deadletter drop 12 13 14 --output json", "several, for a script"],
  ],
  define: (command) => command.argument("<number...>", "as `deadletter list` tells it"),
  run: async (call) => doEach(call, "removed", (letters, number) => letters.drop(number)),
});
