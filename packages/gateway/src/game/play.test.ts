import { expect, test } from "vitest";
import { startSmallGame } from "../testing/small-game.ts";

test("[A8] a new character looks, takes, walks, drops, talks and quits", async () => {
  await using small = await startSmallGame();
  await small.make("CreateGameObject", "game-object/sword", { name: "a long sword", generic: "object", containerId: "room/hall" });
  await small.settled();
  const ann = await small.arrive("ann");
  expect(ann.screen()).toMatch(/The Hall\nA hall of stone\.\n\nExits: down\nA long sword is here\.\n> $/);
  expect(await ann.do("look")).toContain("A hall of stone.");
  expect(await ann.do("get sword")).toBe("You get a long sword.\n> ");
  expect(await ann.do("i")).toBe("You carry:\n  a long sword\n> ");
  expect(await ann.do("d")).toContain("The Cellar\nIt is damp.\n\nExits: up\n> ");
  expect(await ann.do("drop sword")).toBe("You drop a long sword.\n> ");
  expect(await ann.do("'hello")).toBe('You say, "hello"\n> ');
  ann.type("quit");
  await ann.see("Goodbye.");
  expect(ann.ended()).toBe("closed");
  expect(await small.placeOf("game-object/sword")).toBe("room/cellar");
  expect(await small.eventsBy("player/ann")).toEqual([
    "PlayerCreated",
    "GameObjectContainerUpdated",
    "ItemAddedToInventory",
    "GameObjectContainerUpdated",
    "GameObjectContainerUpdated",
    "ItemRemovedFromInventory",
  ]);
});
