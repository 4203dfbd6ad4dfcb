import { defineDomain } from "@aethyr/kernel";
import { gameObjects } from "./game-object/index.ts";
import { players } from "./player/index.ts";
import { rooms } from "./room/index.ts";

/** The game world: game objects, players and rooms, with all their commands. */
export const world = defineDomain(gameObjects, players, rooms);

export { createCensus, type Census, type CensusTaker } from "./census.ts";
export { custodyReader } from "./custody.ts";
export { maxContents } from "./containment/delete-holder.ts";
export { Position, Slot } from "./containment/inventory.ts";
export { maxDepth } from "./containment/move.ts";
export { ContainerId, RoomPath } from "./containment/place.ts";
export { gameObject } from "./game-object/aggregate.ts";
export { gameObjectEvents } from "./game-object/events.ts";
export { player } from "./player/aggregate.ts";
export { PlayerName, playerEvents } from "./player/events.ts";
export { Pose } from "./player/posture.ts";
export { ArgonPhc } from "./player/password-hash.ts";
export { isKeyTo } from "./player/set-door.ts";
export { room } from "./room/aggregate.ts";
export { roomEvents } from "./room/events.ts";
export { Direction, Door, doorName, Exit } from "./room/exit.ts";
export { AttributeKey, Attributes, AttributeValue } from "./shared/attributes.ts";
export { Description, Name } from "./shared/texts.ts";
export { detailsOf, prototypeIdOf, traitsOf, type Detail, type Traits } from "./traits.ts";
