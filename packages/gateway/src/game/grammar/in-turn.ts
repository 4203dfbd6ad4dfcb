import type { Sent } from "../command.ts";

/** Does the same with several things, one after another, until the world cannot be asked any more. */
export async function inTurn<T>(things: readonly T[], each: (thing: T) => Promise<Sent | undefined>): Promise<void> {
  for (const thing of things) if ((await each(thing)) === "failed") return;
}
