import { command, type CommandContext } from "../command.ts";
import { findThings } from "../grammar/find.ts";
import { notCarried } from "../grammar/not-carried.ts";
import { inTurn } from "../grammar/in-turn.ts";
import { wantedOf } from "../grammar/wanted.ts";
import { atOnce } from "../texts/limits.ts";
import { slotPhrases, type Slot } from "../texts/slots.ts";
import type { SeenThing } from "../view/seen.ts";

export const wear = command({
  name: "wear",
  aliases: ["hold"],
  usage: ["wear THING", "wear all", "hold THING"],
  help: "Puts on what you carry, or holds it, where it fits.",
  sends: ["EquipItem"],
  events: ["ItemEquipped"],
  run: (context) => equip(context, "Wear", (slot) => slot !== "wield"),
});

export const wield = command({
  name: "wield",
  usage: ["wield WEAPON"],
  help: "Takes a weapon that you carry into your hand.",
  sends: ["EquipItem"],
  events: ["ItemEquipped"],
  run: (context) => equip(context, "Wield", (slot) => slot === "wield"),
});

async function equip({ sight, rest, tell, send }: CommandContext<"EquipItem">, verb: string, fits: (slot: Slot) => boolean): Promise<void> {
  if (rest === "") return tell(`${verb} what?`);
  const slotsOf = (thing: SeenThing): readonly Slot[] => sight.view.traits(thing).slots.filter(fits);
  const found = findThings(sight, rest, sight.carried());
  const things = wantedOf(rest).all ? found.filter((thing) => slotsOf(thing).length > 0).slice(0, atOnce) : found;
  if (things.length === 0) return tell(wantedOf(rest).all ? `You carry nothing to ${verb.toLowerCase()}.` : notCarried(sight, rest));
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
