import { command } from "../command.ts";
import { postureOf } from "../texts/describe.ts";
import { counted } from "../texts/english.ts";

export const score = command({
  name: "score",
  usage: ["score"],
  help: "Tells who and where you are.",
  sends: [],
  events: [],
  run({ sight, tell }) {
    const me = sight.me();
    const worn = sight.worn().length;
    const lines = [
      `You are ${me.name}${me.admin ? ", an administrator" : ""}.`,
      `You are at ${sight.here()?.name ?? "no place at all"}. Others see: ${me.name} ${postureOf(sight, me)}.`,
      `You carry ${counted(sight.carried().length, "thing")}${worn === 0 ? "" : `, and wear or hold ${counted(worn, "thing")}`}.`,
    ];
    tell(lines.join("\n"));
  },
});
