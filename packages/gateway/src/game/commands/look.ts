import { command } from "../command.ts";
import { findPerson, findThing } from "../grammar/find.ts";
import { choose, wantedOf } from "../grammar/wanted.ts";
import { describeInside, describePerson, describePlace, describeThing } from "../texts/describe.ts";
import { directionOf, type Direction } from "../texts/directions.ts";
import { doorState } from "../texts/doors.ts";
import { capital } from "../texts/english.ts";
import { detailsIn } from "../texts/details.ts";
import type { Sight } from "../sight.ts";

export const look = command({
  name: "look",
  aliases: ["read"],
  usage: ["look", "look THING", "look PERSON", "look in CONTAINER", "look north"],
  help: "Looks around, at something or somebody, into a container, or in a direction.",
  sends: [],
  events: [],
  run(context) {
    const text = context.rest.replace(/^(?:at|to)\s+/i, "").trim();
    if (text === "") return context.tell(describePlace(context.sight));
    const into = /^(?:in|into|inside)\s+(.+)$/i.exec(text);
    context.tell(into === null ? lookAt(context.sight, text) : lookIn(context.sight, into[1]!));
  },
});

function lookIn(sight: Sight, text: string): string {
  const thing = findThing(sight, text, [...sight.things(), ...sight.carried()]);
  return thing === undefined ? "You see nothing like that here." : describeInside(sight, thing);
}

function lookAt(sight: Sight, text: string): string {
  if (["me", "self", "myself"].includes(text.toLowerCase())) return describePerson(sight, sight.me());
  const person = findPerson(sight, text);
  if (person !== undefined) return describePerson(sight, person.player);
  const thing = findThing(sight, text, [...sight.things(), ...sight.carried(), ...sight.worn().map((each) => each.thing)]);
  if (thing !== undefined) return describeThing(sight, thing);
  const detail = choose(wantedOf(text), detailsIn(sight), ({ keywords }) => keywords)[0];
  if (detail !== undefined) return detail.text;
  const direction = directionOf(text);
  return direction === undefined ? "You see nothing like that here." : lookTowards(sight, direction);
}

function lookTowards(sight: Sight, direction: Direction): string {
  const exit = sight.here()?.exits[direction];
  if (exit === undefined) return "There is nothing special to see that way.";
  const door = exit.door === undefined ? [] : [exit.door.description, `${capital(doorState(exit.door))}.`];
  const text = [exit.description ?? "", ...door].filter((each) => each !== "").join("\n");
  return text === "" ? "There is a way, and no more to see of it from here." : text;
}
