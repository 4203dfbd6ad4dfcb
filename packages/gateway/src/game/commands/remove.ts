import { command, type CommandContext } from "../command.ts";
import { inTurn } from "../grammar/in-turn.ts";
import type { Worn } from "../view/seen.ts";
import { choose, wantedOf } from "../grammar/wanted.ts";

export const remove = command({
  name: "remove",
  usage: ["remove THING", "remove all"],
  help: "Takes off what you wear or hold, and goes on carrying it.",
  sends: ["UnequipItem"],
  events: ["ItemUnequipped"],
  run: (context) => (context.rest === "" ? context.tell("Remove what?") : unequip(context, context.rest, () => true)),
});

export const unwield = command({
  name: "unwield",
  usage: ["unwield"],
  help: "Takes the weapon out of your hand, and goes on carrying it.",
  sends: ["UnequipItem"],
  events: ["ItemUnequipped"],
  run: (context) => unequip(context, context.rest === "" ? "all" : context.rest, (slot) => slot === "wield"),
});

async function unequip(
  { sight, tell, send }: CommandContext<"UnequipItem">,
  text: string,
  fits: (slot: Worn["slot"]) => boolean,
): Promise<void> {
  const worn = sight.worn().filter(({ slot }) => fits(slot));
  const meant = choose(wantedOf(text), worn, ({ thing }) => sight.view.traits(thing).keywords);
  if (meant.length === 0) return tell("You are not wearing anything like that.");
  await inTurn(meant, ({ slot, thing }) => send("UnequipItem", sight.me().path, { itemId: thing.id, slot }));
}
