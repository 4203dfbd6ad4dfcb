import { command } from "../command.ts";
import { firstWord } from "../grammar/split.ts";
import { directionOf, directions, shortOf } from "../texts/directions.ts";
import { doorState } from "../texts/doors.ts";
import { capital } from "../texts/english.ts";

export const move = command({
  name: "go",
  names: directions,
  aliases: [...directions.map(shortOf), "move", "walk"],
  usage: ["north", "n", "go north"],
  help: "Walks through an exit: north, east, south, west, up, down, northeast, northwest, southeast, southwest, or n, e, s, w, u, d, ne, nw, se, sw.",
  sends: ["Walk"],
  events: ["GameObjectContainerUpdated"],
  async run({ sight, word, rest, tell, send }) {
    const direction = directionOf(word) ?? directionOf(firstWord(rest)[0]);
    if (direction === undefined) return tell("Go where? Name a direction.");
    const here = sight.here();
    if (here === undefined) return tell("You are nowhere, and every way leads there.");
    const door = here.exits[direction]?.door;
    const sent = await send(
      "Walk",
      sight.me().path,
      { from: here.path, direction },
      {
        ...(door === undefined ? {} : { door_closed: `${capital(doorState(door))}.` }),
        moved_away: "You are somewhere else by now.",
      },
    );
    if (sent === "nothing") tell("You go round in a circle, and are where you were.");
  },
});
