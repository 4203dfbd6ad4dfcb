import { given } from "@aethyr/kernel/testing";
import { describe, test } from "vitest";
import { gameObjectEvents, roomEvents, world } from "../index.ts";
import { after, hall } from "../testing/histories.ts";

const { GameObjectCreated, GameObjectDeleted, ItemAddedToInventory } = gameObjectEvents;
const creating = (history: typeof hall, input: object) =>
  given(world, history).when("CreateGameObject", "game-object/hat", { name: "a hat", ...input });
const hat = (containerId: string | null) => GameObjectCreated({ name: "a hat", generic: "", containerId, attributes: {} });

describe("CreateGameObject", () => {
  test("a thing begins with one event, nowhere unless told where", () => creating({}, {}).thenEvents({ "game-object/hat": [hat(null)] }));
  test("a thing is made in a room without a word from the room", () =>
    creating(hall, { containerId: "room/hall" }).thenEvents({ "game-object/hat": [hat("room/hall")] }));
  test("[D30] a thing made in somebody's hands or in another thing is recorded by its holder in the same commit", async () => {
    for (const holder of ["player/ann", "game-object/bag"]) {
      await creating(hall, { containerId: holder }).thenEvents({
        "game-object/hat": [hat(holder)],
        [holder]: [ItemAddedToInventory({ itemId: "hat" })],
      });
    }
  });
  test("a thing is made only where there is something, and not in itself", async () => {
    const emptied = after(hall, { "room/cellar": [roomEvents.GameObjectDeleted({})], "game-object/coin": [GameObjectDeleted({})] });
    for (const containerId of ["room/attic", "room/cellar", "player/eve", "game-object/coin", "game-object/hat"]) {
      await creating(emptied, { containerId }).thenRejected("container_not_found");
    }
  });
  test("a place is a room, a player or a game object", async () => {
    for (const containerId of ["hall", "world/hall", "rooms/hall", "room/", "room/a/b", ""])
      await creating(hall, { containerId }).thenInvalid("containerId");
  });
  test("[D31] a thing is made once", () =>
    given(world, hall).when("CreateGameObject", "game-object/bag", { name: "a bag" }).thenRejected("already_exists"));
});
