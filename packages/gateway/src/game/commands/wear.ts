import type { Command, Doing } from "../command.ts";
import { findThings } from "../grammar/find.ts";
import { inTurn } from "../grammar/in-turn.ts";
import { wantedOf } from "../grammar/wanted.ts";
import { atOnce } from "../texts/limits.ts";
import { slotPhrases } from "../texts/slots.ts";

export const wear: Command = {
  name: "wear",
  aliases: ["hold"],
  usage: ["wear THING", "wear all", "hold THING"],
  help: "Puts on what you carry, or holds it, where it fits.",
  sends: ["EquipItem"],
  events: ["ItemEquipped"],
  run: (the) => equip(the, "Wear", (slot) => slot !== "wield"),
};

export const wield: Command = {
  name: "wield",
  usage: ["wield WEAPON"],
  help: "Takes a weapon that you carry into your hand.",
  sends: ["EquipItem"],
  events: ["ItemEquipped"],
  run: (the) => equip(the, "Wield", (slot) => slot === "wield"),
};

type Slots = ReturnType<Doing["sight"]["traits"]>["slots"];

async function equip({ sight, rest, tell, send }: Doing, verb: string, fits: (slot: Slots[number]) => boolean): Promise<void> {
  if (rest === "") return tell(`${verb} what?`);
  const slotsOf = (thing: Parameters<Doing["sight"]["traits"]>[0]): Slots => sight.traits(thing).slots.filter(fits);
  const found = findThings(sight, rest, sight.carried());
  const things = wantedOf(rest).all ? found.filter((thing) => slotsOf(thing).length > 0).slice(0, atOnce) : found;
  if (things.length === 0) return tell(wantedOf(rest).all ? `You carry nothing to ${verb.toLowerCase()}.` : "You carry nothing like that.");
  await inTurn(things, async (thing) => {
    const worn = new Map(sight.worn().map((each) => [each.slot, each.thing.name]));
    const slots = slotsOf(thing);
    const slot = slots.find((each) => !worn.has(each));
    if (slot !== undefined) return send("EquipItem", sight.me().path, { itemId: thing.id, slot });
    if (slots[0] === undefined) tell(`You cannot ${verb.toLowerCase()} ${thing.name}.`);
    else tell(`You have ${worn.get(slots[0])} there already, ${slotPhrases[slots[0]]}.`);
    return undefined;
  });
}
