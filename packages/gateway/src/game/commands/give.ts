import { command } from "../command.ts";
import { findPerson, findThings } from "../grammar/find.ts";
import { notCarried } from "../grammar/not-carried.ts";
import { inTurn } from "../grammar/in-turn.ts";
import { splitAt } from "../grammar/split.ts";
import { atOnce } from "../texts/limits.ts";

export const give = command({
  name: "give",
  usage: ["give THING to PERSON"],
  help: "Gives what you carry to somebody who is here.",
  sends: ["AddItemToInventory"],
  events: ["GameObjectContainerUpdated", "ItemAddedToInventory", "ItemRemovedFromInventory"],
  async run({ sight, rest, tell, send }) {
    const [what, whom] = splitAt(rest, "to") ?? /^(.+)\s+(\S+)$/.exec(rest)?.slice(1) ?? [];
    if (what === undefined || whom === undefined) return tell("Give what to whom?");
    const things = findThings(sight, what, sight.carried()).slice(0, atOnce);
    if (things.length === 0) return tell(notCarried(sight, what));
    const person = findPerson(sight, whom);
    if (person === undefined) return tell("Nobody of that name is here.");
    const from = sight.me().path;
    await inTurn(things, async (thing) => {
      const sent = await send(
        "AddItemToInventory",
        person.player.path,
        { itemId: thing.id, from },
        {
          moved_away: "You do not have that any more.",
          out_of_reach: `${person.player.name} is not here any more.`,
          not_found: `${person.player.name} is not here any more.`,
        },
      );
      if (sent !== "done" || sight.people().some(({ player }) => player.id === person.player.id)) return sent;
      // They left this world in the same instant, and would have it when they are back. Whoever walked away with it has it.
      const { containerId } = sight.view.player(person.player.id) ?? {};
      if (sight.online().some(({ player }) => player === person.player.id) || containerId !== sight.me().containerId) return sent;
      tell(`${person.player.name} left before that: you take it back.`);
      return send("AddItemToInventory", from, { itemId: thing.id, from: person.player.path });
    });
  },
});
