import { given, type History } from "@aethyr/kernel/testing";
import { describe, test } from "vitest";
import { gameObjectEvents, playerEvents, world } from "../index.ts";
import { after, hall, thingMade } from "../testing/histories.ts";

const { GameObjectContainerUpdated, ItemAddedToInventory, ItemRemovedFromInventory } = gameObjectEvents;
const moved = (containerId: string | null) => [GameObjectContainerUpdated({ containerId })];
const gained = (itemId: string) => [ItemAddedToInventory({ itemId })];
const lost = (itemId: string) => [ItemRemovedFromInventory({ itemId })];

/** Ann and bob in the hall, with a hat and a chest on the floor, a ring in the chest; eve in the cellar, with a jar beside her. */
const together: History = {
  ...after(hall, { "player/bob": [playerEvents.GameObjectContainerUpdated({ containerId: "room/hall" })] }),
  "player/eve": [
    playerEvents.PlayerCreated({ name: "Eve", passwordHash: "sealed:1:player/eve:x" as never, admin: false, containerId: "room/cellar" }),
  ],
  "game-object/hat": [thingMade("room/hall")],
  "game-object/chest": [thingMade("room/hall"), ...gained("ring")],
  "game-object/ring": [thingMade("game-object/chest")],
  "game-object/jar": [thingMade("room/cellar")],
};
const taking = (who: string, itemId: string, from: string | null, history = together) =>
  given(world, history).when("AddItemToInventory", `player/${who}`, { itemId, from });
const moving = (itemId: string, containerId: string, from: string | null, history = together) =>
  given(world, history).when("UpdateGameObjectContainer", `game-object/${itemId}`, { containerId, from });

describe("[D30] who takes a thing from where they believe it to be", () => {
  test("gets it when it is there: on the floor, in a chest in the room, in a bag of one's own", async () => {
    await taking("ann", "hat", "room/hall").thenEvents({ "game-object/hat": moved("player/ann"), "player/ann": gained("hat") });
    await taking("ann", "ring", "game-object/chest").thenEvents({
      "game-object/ring": moved("player/ann"),
      "game-object/chest": lost("ring"),
      "player/ann": gained("ring"),
    });
    await taking("ann", "coin", "game-object/bag").thenEvents({
      "game-object/coin": moved("player/ann"),
      "game-object/bag": lost("coin"),
      "player/ann": gained("coin"),
    });
  });
  test("is told when somebody else was faster", async () => {
    const history = after(together, { "game-object/hat": moved("player/bob"), "player/bob": gained("hat") });
    await taking("ann", "hat", "room/hall", history).thenRejected("moved_away");
    await moving("hat", "player/ann", "room/hall", history).thenRejected("moved_away");
  });
  test("gets nothing by believing that it is elsewhere, or nowhere", async () => {
    for (const from of ["room/cellar", "player/ann", "game-object/chest", null])
      await taking("bob", "hat", from).thenRejected("moved_away");
  });
  test("gets nothing out of another room, or out of what others carry", async () => {
    await taking("eve", "hat", "room/hall").thenRejected("out_of_reach");
    await taking("eve", "ring", "game-object/chest").thenRejected("out_of_reach");
    await taking("bob", "coin", "game-object/bag").thenRejected("out_of_reach");
    await moving("hat", "player/eve", "room/hall").thenRejected("out_of_reach");
  });
  test("who has it already is told nothing", () => taking("ann", "sword", "room/hall").thenNothing());
});

describe("[D30] who gives a thing away, or puts it somewhere", () => {
  test("gives it to somebody in the same room, and to nobody elsewhere", async () => {
    const given = { "game-object/sword": moved("player/bob"), "player/ann": lost("sword"), "player/bob": gained("sword") };
    await taking("bob", "sword", "player/ann").thenEvents(given);
    await moving("sword", "player/bob", "player/ann").thenEvents(given);
    await taking("eve", "sword", "player/ann").thenRejected("out_of_reach");
    await moving("sword", "player/eve", "player/ann").thenRejected("out_of_reach");
  });
  test("puts it into what lies in the room or is carried, and into nothing else", async () => {
    await moving("sword", "game-object/chest", "player/ann").thenEvents({
      "game-object/sword": moved("game-object/chest"),
      "player/ann": lost("sword"),
      "game-object/chest": gained("sword"),
    });
    await moving("sword", "game-object/bag", "player/ann").thenEvents({
      "game-object/sword": moved("game-object/bag"),
      "player/ann": lost("sword"),
      "game-object/bag": gained("sword"),
    });
    await moving("sword", "game-object/jar", "player/ann").thenRejected("out_of_reach");
    await moving("sword", "room/cellar", "player/ann").thenRejected("out_of_reach");
    await moving("sword", "room/hall", "player/ann").thenEvents({ "game-object/sword": moved("room/hall"), "player/ann": lost("sword") });
  });
  test("who is nowhere has only what they carry within reach", async () => {
    const nowhere = after(together, { "player/ann": [playerEvents.GameObjectContainerUpdated({ containerId: null })] });
    await moving("sword", "game-object/bag", "player/ann", nowhere).thenEvents({
      "game-object/sword": moved("game-object/bag"),
      "player/ann": lost("sword"),
      "game-object/bag": gained("sword"),
    });
    await moving("sword", "room/hall", "player/ann", nowhere).thenRejected("out_of_reach");
    await taking("bob", "sword", "player/ann", nowhere).thenRejected("out_of_reach");
  });
  test("between things nobody's reach is asked for", () =>
    moving("ring", "room/cellar", "game-object/chest").thenEvents({
      "game-object/ring": moved("room/cellar"),
      "game-object/chest": lost("ring"),
    }));
  test("a player is moved only from the room where they are believed to be", async () => {
    const summon = (from: string) =>
      given(world, together).when("UpdateGameObjectContainer", "player/eve", { containerId: "room/hall", from });
    await summon("room/cellar").thenEvents({ "player/eve": moved("room/hall") });
    await summon("room/attic").thenRejected("moved_away");
  });
});
