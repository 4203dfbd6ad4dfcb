import { given, type History } from "@aethyr/kernel/testing";
import { describe, test } from "vitest";
import { gameObjectEvents, playerEvents, roomEvents, world } from "../index.ts";
import { after, hall, playerMade, roomMade, thingMade } from "../testing/histories.ts";
import { maxDepth } from "./move.ts";

const { GameObjectContainerUpdated, ItemAddedToInventory, ItemRemovedFromInventory, ItemEquipped } = gameObjectEvents;
const moved = (containerId: string | null) => [GameObjectContainerUpdated({ containerId })];
const gained = (itemId: string) => [ItemAddedToInventory({ itemId })];
const lost = (itemId: string) => [ItemRemovedFromInventory({ itemId })];
const worn = after(hall, { "player/ann": [ItemEquipped({ itemId: "sword", slot: "wield" })] });

/** Bags one in another: bag-1 in the hall, bag-2 in bag-1, and so on; and a box with a coin, nowhere. */
function nested(depth: number): History {
  const bags: Record<string, History[string]> = {
    "room/hall": [roomMade()],
    "game-object/box": [thingMade(), ...gained("coin")],
    "game-object/coin": [thingMade("game-object/box")],
  };
  for (let at = 1; at <= depth; at += 1) {
    bags[`game-object/bag-${at}`] = [
      thingMade(at === 1 ? "room/hall" : `game-object/bag-${at - 1}`),
      ...(at < depth ? gained(`bag-${at + 1}`) : []),
    ];
  }
  return bags;
}

describe("UpdateGameObjectContainer", () => {
  const moving = (history: History, thing: string, containerId: unknown) =>
    given(world, history).when("UpdateGameObjectContainer", thing, { containerId });

  test("[D30] who held the thing, who is to hold it and the thing itself record a move in one commit", () =>
    moving(hall, "game-object/sword", "player/bob").thenEvents({
      "game-object/sword": moved("player/bob"),
      "player/ann": lost("sword"),
      "player/bob": gained("sword"),
    }));
  test("a room records nothing when a thing is put down in it", () =>
    moving(hall, "game-object/sword", "room/hall").thenEvents({ "game-object/sword": moved("room/hall"), "player/ann": lost("sword") }));
  test("a room records nothing when a thing is taken from it", () =>
    moving({ ...hall, "game-object/hat": [thingMade("room/hall")] }, "game-object/hat", "player/ann").thenEvents({
      "game-object/hat": moved("player/ann"),
      "player/ann": gained("hat"),
    }));
  test("[D31] a thing can be moved to nowhere and back", async () => {
    await moving(hall, "game-object/coin", null).thenEvents({ "game-object/coin": moved(null), "game-object/bag": lost("coin") });
    await moving({ ...hall, "game-object/hat": [thingMade()] }, "game-object/hat", "game-object/bag").thenEvents({
      "game-object/hat": moved("game-object/bag"),
      "game-object/bag": gained("hat"),
    });
  });
  test("[D31] a thing that is there already stays, and nothing is recorded", async () => {
    await moving(hall, "game-object/sword", "player/ann").thenNothing();
    await moving(worn, "game-object/sword", "player/ann").thenNothing();
  });
  test("a worn thing stays where it is until it is taken off", () =>
    moving(worn, "game-object/sword", "room/hall").thenRejected("item_equipped"));
  test("the new place must exist", async () => {
    for (const nowhere of ["room/attic", "player/eve", "game-object/box"])
      await moving(hall, "game-object/sword", nowhere).thenRejected("container_not_found");
  });
  test("a deleted room takes nothing in", () =>
    moving(after(hall, { "room/cellar": [roomEvents.GameObjectDeleted({})] }), "game-object/sword", "room/cellar").thenRejected(
      "container_not_found",
    ));
  test("a player walks from room to room without a word from the rooms", () =>
    moving(hall, "player/ann", "room/cellar").thenEvents({ "player/ann": moved("room/cellar") }));
  test("a player may be nowhere, but never inside a thing or another player", async () => {
    await moving(hall, "player/ann", null).thenEvents({ "player/ann": moved(null) });
    await moving(hall, "player/ann", "player/bob").thenInvalid("containerId");
    await moving(hall, "player/ann", "game-object/bag").thenInvalid("containerId");
  });
  test("[D31] a thing cannot be put inside itself, empty or not", async () => {
    await moving(hall, "game-object/sword", "game-object/sword").thenRejected("containment_cycle");
    await moving(hall, "game-object/bag", "game-object/bag").thenRejected("containment_cycle");
  });
  test("[D31] a thing cannot be put into what is inside it, however deep", async () => {
    await moving(nested(2), "game-object/bag-1", "game-object/bag-2").thenRejected("containment_cycle");
    await moving(nested(12), "game-object/bag-1", "game-object/bag-12").thenRejected("containment_cycle");
    await moving(nested(12), "game-object/bag-5", "game-object/bag-9").thenRejected("containment_cycle");
  });
  test("a thing with contents can be moved outwards and sideways", async () => {
    await moving(nested(12), "game-object/bag-9", "game-object/bag-3").thenEvents({
      "game-object/bag-9": moved("game-object/bag-3"),
      "game-object/bag-8": lost("bag-9"),
      "game-object/bag-3": gained("bag-9"),
    });
    await moving(nested(4), "game-object/box", "game-object/bag-4").thenEvents({
      "game-object/box": moved("game-object/bag-4"),
      "game-object/bag-4": gained("box"),
    });
  });
  test("a thing with contents goes in as deep as the limit and no deeper", async () => {
    const deepest = maxDepth + 1;
    await moving(nested(deepest + 1), "game-object/box", `game-object/bag-${deepest}`).thenEvents({
      "game-object/box": moved(`game-object/bag-${deepest}`),
      [`game-object/bag-${deepest}`]: gained("box"),
    });
    await moving(nested(deepest + 1), "game-object/box", `game-object/bag-${deepest + 1}`).thenRejected("too_deep");
  });
  test("nothing is asked about the depth of what holds nothing", () =>
    moving(nested(maxDepth + 10), "game-object/coin", `game-object/bag-${maxDepth + 10}`).thenEvents({
      "game-object/coin": moved(`game-object/bag-${maxDepth + 10}`),
      "game-object/box": lost("coin"),
      [`game-object/bag-${maxDepth + 10}`]: gained("coin"),
    }));
  test("the way up is walked to its end also through the thing's present holder", () => {
    const history = nested(maxDepth + 4);
    const last = `game-object/bag-${maxDepth + 4}`;
    // The box lies in bag-34, beside bag-35 with bag-36: the holder of the box is on the way up from bag-36.
    const inside = after(history, {
      "game-object/box": moved(`game-object/bag-${maxDepth + 2}`),
      [`game-object/bag-${maxDepth + 2}`]: gained("box"),
    });
    return moving(inside, "game-object/box", last).thenRejected("too_deep");
  });
});

describe("AddItemToInventory", () => {
  const adding = (history: History, owner: string, itemId: string, position?: { x: number; y: number }) =>
    given(world, history).when("AddItemToInventory", owner, position === undefined ? { itemId } : { itemId, position });

  test("[D30] moves the thing to its new owner, and records all sides", async () => {
    await adding(hall, "player/bob", "sword").thenEvents({
      "game-object/sword": moved("player/bob"),
      "player/ann": lost("sword"),
      "player/bob": gained("sword"),
    });
    await adding(hall, "game-object/bag", "sword").thenEvents({
      "game-object/sword": moved("game-object/bag"),
      "player/ann": lost("sword"),
      "game-object/bag": gained("sword"),
    });
    await adding({ ...hall, "game-object/hat": [thingMade("room/hall")] }, "player/ann", "hat").thenEvents({
      "game-object/hat": moved("player/ann"),
      "player/ann": gained("hat"),
    });
  });
  test("a position is kept, and a new one for a thing that is there already replaces it", async () => {
    const position = { x: 2, y: 3 };
    await adding(hall, "player/bob", "sword", position).thenEvents({
      "game-object/sword": moved("player/bob"),
      "player/ann": lost("sword"),
      "player/bob": [ItemAddedToInventory({ itemId: "sword", position })],
    });
    await adding(hall, "player/ann", "sword", position).thenEvents({ "player/ann": [ItemAddedToInventory({ itemId: "sword", position })] });
    const placed = after(hall, { "player/ann": [ItemAddedToInventory({ itemId: "sword", position })] });
    await adding(placed, "player/ann", "sword", { x: 2, y: 3 }).thenNothing();
    await adding(placed, "player/ann", "sword").thenNothing();
  });
  test("what is not there cannot be added", async () => {
    await adding(hall, "player/ann", "hat").thenRejected("item_not_found");
    const gone = after(hall, { "game-object/bag": lost("coin"), "game-object/coin": [gameObjectEvents.GameObjectDeleted({})] });
    await adding(gone, "player/ann", "coin").thenRejected("item_not_found");
  });
  test("what is worn cannot be added, to its wearer or to anybody else", async () => {
    await adding(worn, "player/ann", "sword").thenRejected("item_equipped");
    await adding(worn, "player/bob", "sword").thenRejected("item_equipped");
  });
  test("[D31] what is around the owner cannot be added to it", async () => {
    await adding(nested(5), "game-object/bag-5", "bag-1").thenRejected("containment_cycle");
    await adding(nested(5), "game-object/bag-5", "bag-5").thenRejected("containment_cycle");
  });
});

describe("RemoveItemFromInventory", () => {
  const removing = (history: History, owner: string, itemId: string) =>
    given(world, history).when("RemoveItemFromInventory", owner, { itemId });

  test("puts the thing down in the room in which its owner is", () =>
    removing(hall, "player/ann", "sword").thenEvents({ "game-object/sword": moved("room/hall"), "player/ann": lost("sword") }));
  test("a thing taken out of a container goes to who holds the container", () =>
    removing(hall, "game-object/bag", "coin").thenEvents({
      "game-object/coin": moved("player/ann"),
      "game-object/bag": lost("coin"),
      "player/ann": gained("coin"),
    }));
  test("what an owner who is nowhere puts down is nowhere", () => {
    const history = { "player/eve": [playerMade("eve", null), ...gained("hat")], "game-object/hat": [thingMade("player/eve")] };
    return removing(history, "player/eve", "hat").thenEvents({ "game-object/hat": moved(null), "player/eve": lost("hat") });
  });
  test("nothing can be put down in a room that was deleted", () =>
    removing(after(hall, { "room/hall": [roomEvents.GameObjectDeleted({})] }), "player/ann", "sword").thenRejected("container_not_found"));
  test("only what is in the inventory, and not worn, can be removed", async () => {
    await removing(hall, "player/ann", "coin").thenRejected("not_in_inventory");
    await removing(hall, "player/ann", "hat").thenRejected("not_in_inventory");
    await removing(worn, "player/ann", "sword").thenRejected("item_equipped");
  });
});

describe("EquipItem and UnequipItem", () => {
  const inSlot = { itemId: "sword", slot: "wield" as const };
  test("a carried thing is worn, and leaves the inventory for its slot", () =>
    given(world, hall)
      .when("EquipItem", "player/ann", inSlot)
      .thenEvents({ "player/ann": [ItemEquipped(inSlot)] }));
  test("[D31] a thing that is worn so already stays, and nothing is recorded", () =>
    given(world, worn).when("EquipItem", "player/ann", inSlot).thenNothing());
  test("a thing is worn in one slot only", () =>
    given(world, worn)
      .when("EquipItem", "player/ann", { ...inSlot, slot: "hold" })
      .thenRejected("item_equipped"));
  test("a slot takes one thing only", () =>
    given(world, worn).when("EquipItem", "player/ann", { itemId: "bag", slot: "wield" }).thenRejected("slot_taken"));
  test("only what is in the inventory can be worn", async () => {
    await given(world, hall)
      .when("EquipItem", "player/ann", { ...inSlot, itemId: "coin" })
      .thenRejected("not_in_inventory");
    await given(world, hall).when("EquipItem", "player/bob", inSlot).thenRejected("not_in_inventory");
  });
  test("a worn thing is taken off into the inventory", () =>
    given(world, worn)
      .when("UnequipItem", "player/ann", inSlot)
      .thenEvents({ "player/ann": [playerEvents.ItemUnequipped(inSlot)] }));
  test("only what is in that slot can be taken off it", async () => {
    await given(world, worn)
      .when("UnequipItem", "player/ann", { ...inSlot, slot: "hold" })
      .thenRejected("not_equipped");
    await given(world, worn)
      .when("UnequipItem", "player/ann", { ...inSlot, itemId: "bag" })
      .thenRejected("not_equipped");
    await given(world, hall).when("UnequipItem", "player/ann", inSlot).thenRejected("not_equipped");
  });
  test("creatures that nobody plays wear things too", () =>
    given(world, hall)
      .when("EquipItem", "game-object/bag", { itemId: "coin", slot: "hold" })
      .thenEvents({ "game-object/bag": [ItemEquipped({ itemId: "coin", slot: "hold" })] }));
});
