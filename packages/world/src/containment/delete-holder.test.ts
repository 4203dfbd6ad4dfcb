import assert from "node:assert/strict";
import { given, type History } from "@aethyr/kernel/testing";
import { describe, test } from "vitest";
import { gameObjectEvents, world } from "../index.ts";
import { after, hall, playerMade, roomMade, thingMade } from "../testing/histories.ts";
import { maxContents } from "./delete-holder.ts";

const { GameObjectContainerUpdated, GameObjectDeleted, ItemAddedToInventory, ItemEquipped, ItemRemovedFromInventory, ItemUnequipped } =
  gameObjectEvents;
const gone = [GameObjectDeleted({})];
const deleting = (history: History, path: string, input = {}) => given(world, history).when("DeleteGameObject", path, input);

/** A chest in the hall with so many coins; the first of them in a slot. */
function chestOf(count: number, at = "room/hall"): History {
  const coins = Array.from({ length: count }, (_, index) => `coin-${index}`);
  return {
    "room/hall": [roomMade()],
    "player/ann": [playerMade("ann"), ItemAddedToInventory({ itemId: "chest" })],
    "game-object/chest": [
      thingMade(at),
      ...coins.map((itemId) => ItemAddedToInventory({ itemId })),
      ItemEquipped({ itemId: "coin-0", slot: "hold" }),
    ],
    ...Object.fromEntries(coins.map((id) => [`game-object/${id}`, [thingMade("game-object/chest")]])),
  };
}

describe("DeleteGameObject", () => {
  test("what is deleted leaves its holder in the same commit", () =>
    deleting(hall, "game-object/sword").thenEvents({
      "game-object/sword": gone,
      "player/ann": [ItemRemovedFromInventory({ itemId: "sword" })],
    }));
  test("what is deleted while it is worn leaves its slot", () => {
    const inSlot = { itemId: "sword", slot: "wield" as const };
    return deleting(after(hall, { "player/ann": [ItemEquipped(inSlot)] }), "game-object/sword").thenEvents({
      "game-object/sword": gone,
      "player/ann": [ItemUnequipped(inSlot), ItemRemovedFromInventory({ itemId: "sword" })],
    });
  });
  test("[D34] what holds something is not deleted until it is said what becomes of that", async () => {
    await deleting(hall, "game-object/bag").thenRejected("not_empty");
    await deleting(hall, "player/ann", { contents: "refuse" }).thenRejected("not_empty");
    await deleting(chestOf(1), "game-object/chest").thenRejected("not_empty");
    await deleting(hall, "game-object/bag", { contents: "keep" }).thenInvalid("contents");
  });
  test("[D34] dropped contents stay where their holder was: with a player, in a room, nowhere", async () => {
    await deleting(hall, "game-object/bag", { contents: "drop" }).thenEvents({
      "player/ann": [ItemRemovedFromInventory({ itemId: "bag" }), ItemAddedToInventory({ itemId: "coin" })],
      "game-object/coin": [GameObjectContainerUpdated({ containerId: "player/ann" })],
      "game-object/bag": gone,
    });
    const dropped = (containerId: string | null) => [GameObjectContainerUpdated({ containerId })];
    await deleting(hall, "player/ann", { contents: "drop" }).thenEvents({
      "game-object/bag": dropped("room/hall"),
      "game-object/sword": dropped("room/hall"),
      "player/ann": gone,
    });
    const lost = after(hall, { "player/ann": [GameObjectContainerUpdated({ containerId: null })] });
    await deleting(lost, "player/ann", { contents: "drop" }).thenEvents({
      "game-object/bag": dropped(null),
      "game-object/sword": dropped(null),
      "player/ann": gone,
    });
  });
  test("what was worn is dropped too", () =>
    deleting(chestOf(1), "game-object/chest", { contents: "drop" }).thenEvents({
      "game-object/coin-0": [GameObjectContainerUpdated({ containerId: "room/hall" })],
      "game-object/chest": gone,
    }));
  test("[D34] contents are deleted with all that is inside", () =>
    deleting(hall, "player/ann", { contents: "delete" }).thenEvents({
      "game-object/bag": gone,
      "game-object/sword": gone,
      "game-object/coin": gone,
      "player/ann": gone,
    }));
  test("what holds nothing is deleted whatever is said of contents", async () => {
    for (const contents of ["refuse", "drop", "delete"])
      await deleting(hall, "player/bob", { contents }).thenEvents({ "player/bob": gone });
  });
  test("as many things as the limit go in one commit of at most 256 events, and not one more", async () => {
    for (const contents of ["drop", "delete"]) {
      const outcome = await deleting(chestOf(maxContents, "player/ann"), "game-object/chest", { contents }).outcome();
      assert.ok("events" in outcome);
      const events = Object.values(outcome.events).flat();
      assert.ok(events.length > maxContents && events.length <= 256, `${events.length} events`);
      await deleting(chestOf(maxContents + 1), "game-object/chest", { contents }).thenRejected("too_many_contents");
    }
  });
  test("things inside things count towards the limit when they are to be deleted, not when they are dropped with their holder", async () => {
    const boxed = {
      ...chestOf(maxContents),
      "game-object/box": [thingMade(), ItemAddedToInventory({ itemId: "chest" })],
    };
    await deleting(boxed, "game-object/box", { contents: "delete" }).thenRejected("too_many_contents");
    await deleting(boxed, "game-object/box", { contents: "drop" }).thenEvents({
      "game-object/chest": [GameObjectContainerUpdated({ containerId: null })],
      "game-object/box": gone,
    });
  });
  test("a room is deleted on its own: it does not know what is in it", async () => {
    await deleting(hall, "room/hall").thenEvents({ "room/hall": gone });
    await deleting(hall, "room/hall", { contents: "delete" }).thenInvalid("");
  });
  test("[D31] whatever was deleted takes no command any more, and its id is not used again", async () => {
    const history = after(hall, { "game-object/coin": gone, "room/cellar": gone, "player/bob": gone });
    for (const path of ["game-object/coin", "room/cellar", "player/bob"]) {
      await deleting(history, path).thenNotFound();
      await given(world, history).when("UpdateGameObjectAttribute", path, { key: "weight", value: 1 }).thenNotFound();
    }
    await given(world, history).when("UpdateGameObjectContainer", "game-object/coin", { containerId: null }).thenNotFound();
    await given(world, history).when("CreateRoom", "room/cellar", { name: "Cellar" }).thenRejected("already_exists");
  });
});
