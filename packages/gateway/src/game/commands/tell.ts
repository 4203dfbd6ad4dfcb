import type { Command } from "../command.ts";
import { firstWord } from "../grammar/split.ts";
import { choose, wantedOf } from "../grammar/wanted.ts";
import { cleanLine } from "../texts/clean.ts";

export const tell: Command = {
  name: "tell",
  usage: ["tell PERSON TEXT"],
  help: "Says something to somebody, wherever they are.",
  sends: [],
  events: [],
  async run(the) {
    const [whom, rest] = firstWord(the.rest);
    const text = cleanLine(rest);
    if (whom === "" || text === "") return the.tell("Tell whom what?");
    const person = choose(wantedOf(whom), the.sight.online(), ({ player }) => [player])[0];
    if (person === undefined) return the.tell("Nobody of that name is in this world now.");
    if (person.player === the.sight.me().id) return the.tell("You mutter to yourself.");
    await the.speakTo(person.player, text);
    the.tell(`You tell ${person.name}, "${text}"`);
    if (person.linkDead) the.tell(`${person.name} stares into the distance, and may not have heard you.`);
  },
};
