import type { Command, Doing } from "../command.ts";
import { findThing, findThings } from "../grammar/find.ts";
import { inTurn } from "../grammar/in-turn.ts";
import { splitAt } from "../grammar/split.ts";
import { wantedOf } from "../grammar/wanted.ts";
import { atOnce } from "../texts/limits.ts";

const tooLate = {
  moved_away: "Somebody was faster.",
  item_not_found: "That is not there any more.",
  out_of_reach: "That is out of reach by now.",
};

export const get: Command = {
  name: "get",
  aliases: ["take"],
  usage: ["get THING", "get 2.THING", "get all", "get all.THING", "get THING from CONTAINER"],
  help: "Takes something that lies here, or that is in a container here or in your hands.",
  sends: ["AddItemToInventory"],
  events: ["GameObjectContainerUpdated", "ItemAddedToInventory", "ItemRemovedFromInventory"],
  async run(the) {
    const { sight, rest, tell } = the;
    if (rest === "") return tell("Get what?");
    const parts = splitAt(rest, "from");
    if (parts === undefined) return take(the, rest, sight.here()?.path, sight.things(), "here");
    const container = findThing(sight, parts[1], [...sight.carried(), ...sight.things()]);
    if (container === undefined) return tell(`You see no ${parts[1]} here.`);
    const state = sight.traits(container).container;
    if (state === null) return tell("That is nothing to take things out of.");
    if (state === "closed") return tell("That is closed.");
    return take(the, parts[0], container.path, sight.inside(container.path), "in there");
  },
};

async function take(
  the: Doing,
  text: string,
  from: string | undefined,
  among: ReturnType<Doing["sight"]["things"]>,
  where: string,
): Promise<void> {
  const { sight, tell, send } = the;
  const { all, words } = wantedOf(text);
  const wanted = findThings(sight, text, among);
  // Of all that is there, what cannot be taken is left without a word.
  const meant = all ? wanted.filter((thing) => sight.traits(thing).takeable).slice(0, atOnce) : wanted;
  if (meant.length === 0 || from === undefined)
    return tell(words.length === 0 && all ? `There is nothing to take ${where}.` : `You see nothing like that ${where}.`);
  await inTurn(meant, async (thing) => {
    if (!sight.traits(thing).takeable) {
      tell(`You cannot take ${thing.name}.`);
      return undefined;
    }
    const sent = await send("AddItemToInventory", sight.me().path, { itemId: thing.id, from }, tooLate);
    if (sent === "nothing") tell(`You have ${thing.name} already.`);
    return sent;
  });
}
