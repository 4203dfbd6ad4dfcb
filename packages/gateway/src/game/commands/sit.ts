import { command } from "../command.ts";
import { findThing } from "../grammar/find.ts";

export const sit = command({
  name: "sit",
  usage: ["sit", "sit on THING"],
  help: "Sits down, on the ground or on something here. Who sits does not walk.",
  sends: ["SitDown"],
  events: ["PlayerSatDown"],
  async run({ sight, rest, tell, send }) {
    const text = rest.replace(/^(?:on|down|at|in)(?:\s+|$)/i, "").trim();
    if (text === "") return (await send("SitDown", sight.me().path, {})) === "nothing" ? tell("You are sitting already.") : undefined;
    const seat = findThing(sight, text, sight.things());
    if (seat === undefined) return tell("You see nothing like that here.");
    const sent = await send("SitDown", sight.me().path, { seatId: seat.id }, { not_a_seat: `You cannot sit on ${seat.name}.` });
    if (sent === "nothing") tell("You are sitting there already.");
  },
});
