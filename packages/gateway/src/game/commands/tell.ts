import { command } from "../command.ts";
import { firstWord } from "../grammar/split.ts";
import { choose, wantedOf } from "../grammar/wanted.ts";
import { spokenLine } from "../texts/clean.ts";

export const tell = command({
  name: "tell",
  usage: ["tell PERSON TEXT"],
  help: "Says something to somebody, wherever they are.",
  sends: [],
  events: [],
  async run(context) {
    const [whom, rest] = firstWord(context.rest);
    const text = spokenLine(rest);
    if (whom === "" || text === "") return context.tell("Tell whom what?");
    const person = choose(wantedOf(whom), context.sight.online(), ({ player }) => [player])[0];
    if (person === undefined) return context.tell("Nobody of that name is in this world now.");
    if (person.player === context.sight.me().id) return context.tell("You mutter to yourself.");
    await context.speakTo(person.player, text);
    context.tell([{ text: `You tell ${person.name}, "${text}"`, style: "speech" }]);
    if (person.linkDead) context.tell(`${person.name} stares into the distance, and may not have heard you.`);
  },
});
