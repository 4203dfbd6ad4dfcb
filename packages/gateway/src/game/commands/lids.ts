import type { CommandContext } from "../command.ts";
import { capital } from "../texts/english.ts";
import type { SeenThing } from "../view/seen.ts";

/** Opens or closes a thing, if it is a container that does. */
export async function setLid({ sight, tell, send }: CommandContext<"SetLid">, thing: SeenThing, state: "open" | "closed"): Promise<void> {
  const name = capital(thing.name);
  const sent = await send(
    "SetLid",
    sight.me().path,
    { itemId: thing.id, state },
    {
      container_locked: `${name} is locked.`,
      not_a_container: `You cannot ${state === "open" ? "open" : "close"} ${thing.name}.`,
      not_closeable: `${name} cannot be closed.`,
      out_of_reach: "That is out of reach by now.",
    },
  );
  if (sent === "nothing") tell(`${name} is ${state} already.`);
}
