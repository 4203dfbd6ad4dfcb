import type { Projection } from "@aethyr/projections";
import { attributes } from "./attributes.ts";
import { custody } from "./custody.ts";
import { gameObjects } from "./game-objects.ts";
import { inventory } from "./inventory.ts";
import { objectLocations } from "./object-locations.ts";
import { players } from "./players.ts";
import { rooms } from "./rooms.ts";
import { statistics } from "./statistics.ts";

/** The read models that every world has. */
export const readModels: readonly Projection[] = [gameObjects, attributes, players, rooms, inventory, objectLocations, custody, statistics];
