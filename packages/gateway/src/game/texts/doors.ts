import { doorName, isKeyTo, type Door } from "@aethyr/world";
import type { Sight } from "../sight.ts";
import type { SeenThing } from "../view/seen.ts";

export { doorName };

/** How a door stands, as a sentence begins or ends with it: `the gate is closed`. */
export const doorState = (door: Pick<Door, "keywords" | "state">): string => `the ${doorName(door)} is ${door.state}`;

/** What somebody carries that is the key to a door. */
export const keyTo = (sight: Sight, door: Pick<Door, "keyId">): SeenThing | undefined =>
  sight.carried().find((thing) => isKeyTo(door, thing.id, thing));
