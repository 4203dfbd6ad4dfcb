import { command, type CommandContext } from "../command.ts";
import { findThing, findThings } from "../grammar/find.ts";
import { inTurn } from "../grammar/in-turn.ts";
import { splitAt } from "../grammar/split.ts";
import { wantedOf } from "../grammar/wanted.ts";
import type { SeenThing } from "../view/seen.ts";
import { atOnce } from "../texts/limits.ts";

const tooLate = {
  moved_away: "Somebody was faster.",
  item_not_found: "That is not there any more.",
  out_of_reach: "That is out of reach by now.",
};

export const get = command({
  name: "get",
  aliases: ["take"],
  usage: ["get THING", "get 2.THING", "get all", "get all.THING", "get THING from CONTAINER"],
  help: "Takes something that lies here, or that is in a container here or in your hands.",
  sends: ["AddItemToInventory"],
  events: ["GameObjectContainerUpdated", "ItemAddedToInventory", "ItemRemovedFromInventory"],
  async run(context) {
    const { sight, rest, tell } = context;
    if (rest === "") return tell("Get what?");
    const parts = splitAt(rest, "from");
    if (parts === undefined) return take(context, rest, sight.here()?.path, sight.things(), "here");
    const container = findThing(sight, parts[1], [...sight.carried(), ...sight.things()]);
    if (container === undefined) return tell(`You see no ${parts[1]} here.`);
    const state = sight.view.traits(container).container;
    if (state === null) return tell("That is nothing to take things out of.");
    if (state === "closed") return tell("That is closed.");
    return take(context, parts[0], container.path, sight.view.thingsIn(container.path), "in there");
  },
});

async function take(
  context: CommandContext<"AddItemToInventory">,
  text: string,
  from: string | undefined,
  among: readonly SeenThing[],
  where: string,
): Promise<void> {
  const { sight, tell, send } = context;
  const { all, words } = wantedOf(text);
  const wanted = findThings(sight, text, among);
  // Of all that is there, what cannot be taken is left without a word.
  const meant = all ? wanted.filter((thing) => sight.view.traits(thing).takeable).slice(0, atOnce) : wanted;
  if (meant.length === 0 || from === undefined)
    return tell(words.length === 0 && all ? `There is nothing to take ${where}.` : `You see nothing like that ${where}.`);
  await inTurn(meant, async (thing) => {
    if (!sight.view.traits(thing).takeable) {
      tell(`You cannot take ${thing.name}.`);
      return undefined;
    }
    const sent = await send("AddItemToInventory", sight.me().path, { itemId: thing.id, from }, tooLate);
    if (sent === "nothing") tell(`You have ${thing.name} already.`);
    return sent;
  });
}
