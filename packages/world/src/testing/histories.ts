import type { Json } from "@aethyr/kernel";
import { sealForTests, type History } from "@aethyr/kernel/testing";
import { gameObjectEvents } from "../game-object/events.ts";
import { playerEvents } from "../player/events.ts";
import { roomEvents } from "../room/events.ts";

/** A well-formed argon2id PHC string; `salt` makes it another one. */
export const phc = (salt = "c2FsdHNhbHRzYWx0") => `$argon2id$v=19$m=65536,t=3,p=4$${salt}$aGFzaGhhc2hoYXNoaGFzaGhhc2hoYXNoaGFzaGhhc2g`;

export const roomMade = (name = "Hall") => roomEvents.RoomCreated({ name, description: "", attributes: {} });

export const playerMade = (id: string, containerId: string | null = "room/hall") =>
  playerEvents.PlayerCreated({ name: "Player", passwordHash: sealForTests(`player/${id}`, phc()), admin: false, containerId });

export const thingMade = (containerId: string | null = null, attributes: Readonly<Record<string, Json>> = {}) =>
  gameObjectEvents.GameObjectCreated({ name: "a thing", generic: "thing", containerId, attributes });

/** A hall and a cellar; ann in the hall with a sword and a bag, in the bag a coin; bob in the cellar with nothing. */
export const hall: History = {
  "room/hall": [roomMade()],
  "room/cellar": [roomMade("Cellar")],
  "player/ann": [playerMade("ann"), ...["bag", "sword"].map((itemId) => playerEvents.ItemAddedToInventory({ itemId }))],
  "player/bob": [playerMade("bob", "room/cellar")],
  "game-object/sword": [thingMade("player/ann")],
  "game-object/bag": [thingMade("player/ann"), gameObjectEvents.ItemAddedToInventory({ itemId: "coin" })],
  "game-object/coin": [thingMade("game-object/bag")],
};

/** A history and what happened next. */
export function after(history: History, next: History): History {
  const paths = new Set([...Object.keys(history), ...Object.keys(next)]);
  return Object.fromEntries([...paths].map((path) => [path, [...(history[path] ?? []), ...(next[path] ?? [])]]));
}
