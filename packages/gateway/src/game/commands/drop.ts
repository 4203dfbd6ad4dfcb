import { command } from "../command.ts";
import { findThings } from "../grammar/find.ts";
import { notCarried } from "../grammar/not-carried.ts";
import { inTurn } from "../grammar/in-turn.ts";
import { atOnce } from "../texts/limits.ts";

export const drop = command({
  name: "drop",
  usage: ["drop THING", "drop all", "drop all.THING"],
  help: "Puts down what you carry.",
  sends: ["RemoveItemFromInventory"],
  events: ["GameObjectContainerUpdated", "ItemRemovedFromInventory"],
  async run({ sight, rest, tell, send }) {
    if (rest === "") return tell("Drop what?");
    const things = findThings(sight, rest, sight.carried()).slice(0, atOnce);
    if (things.length === 0) return tell(notCarried(sight, rest));
    await inTurn(things, (thing) => send("RemoveItemFromInventory", sight.me().path, { itemId: thing.id }));
  },
});
