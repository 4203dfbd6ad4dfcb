import { command } from "../command.ts";
import { findThing, findThings } from "../grammar/find.ts";
import { inTurn } from "../grammar/in-turn.ts";
import { splitAt } from "../grammar/split.ts";
import { wantedOf } from "../grammar/wanted.ts";
import { atOnce } from "../texts/limits.ts";

export const put = command({
  name: "put",
  usage: ["put THING in CONTAINER", "put all in CONTAINER"],
  help: "Puts what you carry into a container here or in your hands.",
  sends: ["UpdateGameObjectContainer"],
  events: ["GameObjectContainerUpdated", "ItemAddedToInventory", "ItemRemovedFromInventory"],
  async run({ sight, rest, tell, send }) {
    const parts = splitAt(rest, "in", "into", "inside");
    if (parts === undefined) return tell("Put what into what?");
    const container = findThing(sight, parts[1], [...sight.carried(), ...sight.things()]);
    if (container === undefined) return tell(`You see no ${parts[1]} here.`);
    const state = sight.view.traits(container).container;
    if (state === null) return tell("That is nothing to put things into.");
    if (state === "closed") return tell("That is closed.");
    const found = findThings(sight, parts[0], sight.carried());
    const things = (wantedOf(parts[0]).all ? found.filter(({ id }) => id !== container.id) : found).slice(0, atOnce);
    if (things.length === 0) return tell("You carry nothing like that.");
    const from = sight.me().path;
    await inTurn(things, (thing) =>
      send(
        "UpdateGameObjectContainer",
        thing.path,
        { containerId: container.path, from },
        {
          moved_away: "You do not have that any more.",
          out_of_reach: "That is out of reach by now.",
        },
      ),
    );
  },
});
