import { command } from "../command.ts";
import { findThing } from "../grammar/find.ts";
import { describeInside } from "../texts/describe.ts";
import { look } from "./look.ts";

export const examine = command({
  name: "examine",
  usage: ["examine THING"],
  help: "Looks at something closely, and into it where it can be looked into.",
  sends: [],
  events: [],
  async run(context) {
    if (context.rest === "") return context.tell("Examine what?");
    await look.run(context);
    const { sight } = context;
    const thing = findThing(sight, context.rest, [...sight.things(), ...sight.carried()]);
    if (thing !== undefined && sight.view.traits(thing).container !== null) context.tell(describeInside(sight, thing));
  },
});
