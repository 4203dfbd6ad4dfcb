import type { Command, Doing } from "../command.ts";
import { inTurn } from "../grammar/in-turn.ts";
import { choose, wantedOf } from "../grammar/wanted.ts";

export const remove: Command = {
  name: "remove",
  usage: ["remove THING", "remove all"],
  help: "Takes off what you wear or hold, and goes on carrying it.",
  sends: ["UnequipItem"],
  events: ["ItemUnequipped"],
  run: (the) => (the.rest === "" ? the.tell("Remove what?") : unequip(the, the.rest, () => true)),
};

export const unwield: Command = {
  name: "unwield",
  usage: ["unwield"],
  help: "Takes the weapon out of your hand, and goes on carrying it.",
  sends: ["UnequipItem"],
  events: ["ItemUnequipped"],
  run: (the) => unequip(the, the.rest === "" ? "all" : the.rest, (slot) => slot === "wield"),
};

type Worn = ReturnType<Doing["sight"]["worn"]>[number];

async function unequip({ sight, tell, send }: Doing, text: string, fits: (slot: Worn["slot"]) => boolean): Promise<void> {
  const worn = sight.worn().filter(({ slot }) => fits(slot));
  const meant = choose(wantedOf(text), worn, ({ thing }) => sight.traits(thing).keywords);
  if (meant.length === 0) return tell("You are not wearing anything like that.");
  await inTurn(meant, ({ slot, thing }) => send("UnequipItem", sight.me().path, { itemId: thing.id, slot }));
}
