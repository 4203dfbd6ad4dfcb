import type { Command } from "../command.ts";
import { findThing } from "../grammar/find.ts";
import { describeInside } from "../texts/describe.ts";
import { look } from "./look.ts";

export const examine: Command = {
  name: "examine",
  usage: ["examine THING"],
  help: "Looks at something closely, and into it where it can be looked into.",
  sends: [],
  events: [],
  async run(the) {
    if (the.rest === "") return the.tell("Examine what?");
    await look.run(the);
    const { sight } = the;
    const thing = findThing(sight, the.rest, [...sight.things(), ...sight.carried()]);
    if (thing !== undefined && sight.traits(thing).container !== null) the.tell(describeInside(sight, thing));
  },
};
