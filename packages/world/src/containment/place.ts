import { fragment, refOf, RefPath, type Ref } from "@aethyr/kernel";
import { z } from "zod";

/** Where a thing can be: `room/hall`, `player/ann`, `game-object/bag`. */
export const ContainerId = RefPath.regex(/^(?:room|player|game-object)\//, "the type/id of a room, a player or a game object");
/** Where a player can be: `room/hall`. */
export const RoomPath = RefPath.regex(/^room\//, "the type/id of a room");

/** Where a thing or a player is, as only its own stream says; null is nowhere. */
export const place = fragment(
  { GameObjectContainerUpdated: z.object({ containerId: ContainerId.nullable() }) },
  { containerId: null as string | null },
  { GameObjectContainerUpdated: (_, { containerId }) => ({ containerId }) },
);

/** The room that a place is, if it is one. */
export const roomAt = (containerId: string | null): Ref | null => (containerId?.startsWith("room/") ? refOf(containerId) : null);
/** The player or game object that a place is, if it is one: these record what they hold. */
export const holderAt = (containerId: string | null): Ref | null =>
  containerId === null || containerId.startsWith("room/") ? null : refOf(containerId);
