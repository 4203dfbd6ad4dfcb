import { lanterns, lanternTable } from "./lantern/index.ts";
import { playerTitles } from "./player-title/index.ts";

/** What a world hosts besides its own aggregates when this module is named in its configuration. */
export const registrations = [lanterns, playerTitles];

/** Tables that it has besides those of every world. */
export const projections = [lanternTable];
