import { startTestWorld } from "@aethyr/client/testing";
import { world } from "@aethyr/world";
import { expect, test, vi } from "vitest";
import { startSmallGame } from "../testing/small-game.ts";
import type { GameDependencies } from "./create-game.ts";

type Small = Awaited<ReturnType<typeof startSmallGame>>;

/** Ann and Bob in the hall, and Eve. */
async function three(small: Small) {
  const ann = await small.arrive("Ann");
  const bob = await small.arrive("Bob");
  const eve = await small.arrive("Eve");
  await ann.see("Eve arrives.\n> ");
  await bob.see("Eve arrives.\n> ");
  return { ann, bob, eve };
}
const thing = (small: Small, id: string, containerId: string, attributes: object = {}, name = `a ${id}`) =>
  small.make("CreateGameObject", `game-object/${id}`, { name, generic: "object", containerId, attributes });

test("what one does is seen by each in their own words, once, and before the next prompt of whoever did it", async () => {
  await using small = await startSmallGame();
  const { ann, bob, eve } = await three(small);
  await thing(small, "hat", "room/hall", { wearFlags: ["take", "head"] });
  await thing(small, "sword", "room/hall", { wearFlags: ["take", "wield"] });
  await thing(small, "chest", "room/hall", { type: "container", wearFlags: [] });
  for (const each of [ann, bob, eve]) await each.see("A chest is suddenly here.\n> ");

  const steps: readonly (readonly [line: string, mine: string, others: string, targets?: string])[] = [
    ["get hat", "You get a hat.", "Ann gets a hat."],
    ["wear hat", "You put on a hat, on the head.", "Ann puts on a hat."],
    ["get sword", "You get a sword.", "Ann gets a sword."],
    ["wield sword", "You wield a sword.", "Ann wields a sword."],
    ["unwield", "You stop wielding a sword.", "Ann stops wielding a sword."],
    ["put sword in chest", "You put a sword into a chest.", "Ann puts a sword into a chest."],
    ["get sword from chest", "You get a sword from a chest.", "Ann gets a sword from a chest."],
    ["give sword to bob", "You give a sword to Bob.", "Ann gives a sword to Bob.", "Ann gives you a sword."],
    ["remove hat", "You take off a hat.", "Ann takes off a hat."],
    ["drop hat", "You drop a hat.", "Ann drops a hat."],
    ["sit", "You sit down.", "Ann sits down."],
    ["stand", "You stand up.", "Ann stands up."],
    ["pose is asleep", "Whoever looks at you sees: Ann is asleep.", "Ann is asleep."],
    ["'hello there", 'You say, "hello there"', 'Ann says, "hello there"'],
    [":waves.", "Ann waves.", "Ann waves."],
  ];
  for (const [line, mine, others, targets = others] of steps) {
    expect(await ann.do(line)).toBe(`${mine}\n> `);
    expect(await bob.see("\n> ")).toBe(`\n${targets}\n> `);
    expect(await eve.see("\n> ")).toBe(`\n${others}\n> `);
  }
  expect(await ann.do("tell bob psst")).toBe('You tell Bob, "psst"\n> ');
  expect(await bob.see("\n> ")).toBe('\nAnn tells you, "psst"\n> ');
  await ann.do("down");
  expect(await bob.see("\n> ")).toBe("\nAnn leaves down.\n> ");
  expect(await eve.see("\n> ")).toBe("\nAnn leaves down.\n> ");
  await bob.do("down");
  expect(await ann.see("\n> ")).toBe("\nBob comes in from above.\n> ");
  expect([ann, bob].map((each) => each.rest())).toEqual(["", ""]);
});

test("one sees who and what is here, how they sit, what they wear, and whose link is dead", async () => {
  await using small = await startSmallGame();
  await thing(small, "stool", "room/hall", { seat: true, longDescription: "A stool stands here." });
  await thing(small, "box", "room/hall", { type: "container", description: "A plain box." });
  await thing(small, "coin", "game-object/box", {}, "a coin");
  await thing(small, "dime", "game-object/box", {}, "a coin");
  await thing(small, "cap", "room/hall", { wearFlags: ["take", "head"] });
  const { ann, bob, eve } = await three(small);
  await bob.do("get cap");
  await bob.do("wear cap");
  await bob.do("sit on stool");
  await eve.do("pose is counting the stones");
  const hall = await ann.do("look");
  expect(hall).toContain("A stool stands here.\nA box is here.\nBob is sitting on a stool.\nEve is counting the stones.\n");
  expect(await ann.do("look bob")).toBe("Bob is sitting on a stool.\nBob uses:\n  a cap, on the head\n> ");
  expect(await ann.do("look me")).toContain("You see yourself: Ann is here.");
  expect(await ann.do("look in box")).toBe("In a box: a coin (2).\n> ");
  expect(await ann.do("examine box")).toBe("A plain box.\nIn a box: a coin (2).\n> ");
  expect(await bob.do("down")).toBe("You are sitting: stand up first.\n> ");
  eve.hangUp();
  await ann.see("Eve stares into the distance.\n> ");
  expect(await ann.do("look")).toContain("Eve is counting the stones. (Staring into the distance.)");
  expect(await ann.do("who")).toContain("Eve (link-dead)");
  expect(await ann.do("tell eve hi")).toContain("may not have heard you");
});

test("who is not in the world is not seen in it, and nobody gives them anything", async () => {
  await using small = await startSmallGame();
  const { ann, bob } = await three(small);
  bob.type("quit");
  await ann.see("Bob leaves this world for now.\n> ");
  expect(await ann.do("look")).not.toContain("Bob");
  await thing(small, "hat", "player/ann");
  await ann.see("You have a hat now.");
  expect(await ann.do("give hat bob")).toBe("Nobody of that name is here.\n> ");
  expect(await ann.do("tell bob hi")).toBe("Nobody of that name is in this world now.\n> ");
  expect(await ann.do("whereis")).toBe("Ann is at The Hall.\nEve is at The Hall.\n> ");
});

test("a door moves on both its sides, and everybody there is told by whom", async () => {
  await using small = await startSmallGame();
  const door = { keywords: ["hatch"], description: "", state: "closed", keyId: "key" };
  await small.make("AddRoomExit", "room/hall", { direction: "east", targetRoomId: "cellar", door });
  await small.make("AddRoomExit", "room/cellar", { direction: "west", targetRoomId: "hall", door });
  await thing(small, "key", "room/hall");
  await small.settled();
  const { ann, bob, eve } = await three(small);
  await eve.do("down");
  await ann.see("Eve leaves down.\n> ");
  await ann.do("get key");
  expect(await ann.do("east")).toBe("The hatch is closed.\n> ");
  for (const [line, verb] of [
    ["open hatch", "open"],
    ["close hatch", "close"],
    ["lock east", "lock"],
    ["unlock hatch", "unlock"],
  ] as const) {
    expect(await ann.do(line)).toBe(`You ${verb} the hatch.\n> `);
    await bob.see(`Ann ${verb}s the hatch.\n> `);
    await eve.see(`The hatch is ${verb}${verb === "close" ? "d" : "ed"} from the other side.\n> `);
  }
  expect(await ann.do("lock hatch")).toBe("You lock the hatch.\n> ");
  for (const [line, answer] of [
    ["lock hatch", "The hatch is locked already."],
    ["open hatch", "The hatch is locked."],
    ["close hatch", "The hatch is closed and locked."],
    ["look east", "The hatch is locked."],
  ] as const)
    expect(await ann.do(line)).toBe(`${answer}\n> `);
  expect(await bob.do("unlock hatch")).toBe("You do not have the key.\n> ");
});

test("a container is opened and closed, everybody there is told by whom, and nothing passes a closed one", async () => {
  await using small = await startSmallGame();
  await thing(small, "model", "room/cellar", { type: "container", wearFlags: [], values: [10, 5, -1, 0] });
  await thing(small, "chest", "room/hall", { prototype: "model" });
  await thing(small, "ring", "game-object/chest");
  await thing(small, "safe", "room/hall", { type: "container", wearFlags: [], values: [10, 13, -1, 0] });
  await thing(small, "box", "room/hall", { type: "container" });
  await thing(small, "purse", "room/hall", { type: "container", values: [10, 1, -1, 0] });
  await thing(small, "hat", "room/hall");
  await small.settled();
  const { ann, bob, eve } = await three(small);
  await eve.do("down");
  await ann.see("Eve leaves down.\n> ");
  await bob.see("Eve leaves down.\n> ");
  for (const [line, answer] of [
    ["get ring from chest", "That is closed."],
    ["look in chest", "A chest is closed."],
    ["close chest", "A chest is closed already."],
    ["open safe", "A safe is locked."],
    ["close box", "A box cannot be closed."],
    ["open hat", "You cannot open a hat."],
    ["open dragon", "There is nothing like that here."],
    ["open", "Which one?"],
    ["open chest", "You open a chest."],
    ["look in chest", "In a chest: a ring."],
    ["get ring from chest", "You get a ring from a chest."],
    ["close chest", "You close a chest."],
    ["put ring in chest", "That is closed."],
  ] as const)
    expect(await ann.do(line)).toBe(`${answer}\n> `);
  expect(await bob.see("closes a chest.\n> ")).toBe("\nAnn opens a chest.\n> \nAnn gets a ring from a chest.\n> \nAnn closes a chest.\n> ");
  await ann.do("get purse");
  await bob.see("Ann gets a purse.\n> ");
  expect(await ann.do("close purse")).toBe("You close a purse.\n> ");
  await bob.see("Ann closes a purse.\n> ");
  await small.make("UpdateGameObjectAttribute", "game-object/chest", { key: "values", value: [10, 1, -1, 0] });
  await bob.see("A chest is open now.\n> ");
  expect(eve.rest()).toBe("");
});

test("who believes a container to be open that was closed just now is told", async () => {
  await using small = await startSmallGame();
  await thing(small, "chest", "room/hall", { type: "container", wearFlags: [], values: [10, 1, -1, 0] });
  await thing(small, "ring", "game-object/chest");
  await small.settled();
  const { ann, bob } = await three(small);
  // Both type before either is answered: to Bob's eyes the chest is open.
  ann.type("close chest");
  bob.type("get ring from chest");
  const [shut, got] = [await ann.see("You close a chest.\n> "), await bob.see(/That is closed\.|You get a ring/)];
  const inside = await small.placeOf("game-object/ring");
  expect([shut.includes("You close"), got.includes("That is closed."), inside]).toEqual([true, true, "game-object/chest"]);
});

test("what others do to the world from outside is shown too", async () => {
  await using small = await startSmallGame();
  const { ann, eve } = await three(small);
  await small.make("UpdateGameObjectContainer", "player/eve", { containerId: "room/cellar" });
  await ann.see("Eve is suddenly gone.\n> ");
  await eve.see("The Cellar");
  await thing(small, "orb", "player/ann");
  await ann.see("You have a orb now.");
  await small.make("UpdateGameObjectContainer", "game-object/orb", { containerId: null });
  await small.make("UpdateGameObjectContainer", "game-object/orb", { containerId: "room/hall" });
  await ann.see("A orb is suddenly here.\n> ");
  await small.make("UpdateGameObjectContainer", "game-object/orb", { containerId: "room/cellar" });
  await ann.see("A orb is suddenly gone.\n> ");
  await small.make("DeleteGameObject", "game-object/orb", {});
  await eve.see("A orb is no more.");
  await small.make("UpdatePlayerAdminStatus", "player/ann", { admin: true });
  await ann.see("You are an administrator now.");
  await small.make("DeleteGameObject", "player/eve", {});
  await eve.see("Your character is no more.");
  expect(eve.ended()).toBe("closed");
  await vi.waitFor(async () => expect(await ann.do("who")).not.toContain("Eve"));
  await small.make("UpdatePlayerAdminStatus", "player/ann", { admin: false });
  await ann.see("You are no administrator any more.");
});

test("a seat that can be taken is not taken from under whoever sits on it; who leaves this world keeps none", async () => {
  await using small = await startSmallGame();
  await thing(small, "chair", "room/hall", { seat: true });
  await small.settled();
  const { ann, bob } = await three(small);
  await ann.do("sit on chair");
  await bob.see("Ann sits down on a chair.\n> ");
  expect(await bob.do("get chair")).toBe("Somebody is sitting on that.\n> ");
  expect(await ann.do("get chair")).toBe("Somebody is sitting on that.\n> ");
  ann.type("quit");
  await bob.see("Ann stands up.\n> ");
  await bob.see("Ann leaves this world for now.\n> ");
  expect(await bob.do("get chair")).toBe("You get a chair.\n> ");
});

test("nobody is seen to sit on what is not here", async () => {
  await using small = await startSmallGame();
  await thing(small, "chair", "room/hall", { seat: true });
  await small.settled();
  const { ann, bob } = await three(small);
  await ann.do("sit on chair");
  expect(await bob.do("look ann")).toBe("Ann is sitting on a chair.\n> ");
  await small.make("UpdateGameObjectContainer", "game-object/chair", { containerId: "player/bob" });
  await small.settled();
  expect(await bob.do("look ann")).toBe("Ann is sitting here.\n> ");
});

test("what was given to somebody who left this world in the same instant comes back", async () => {
  const testWorld = await startTestWorld(world);
  const gate = Promise.withResolvers<void>();
  const asked = Promise.withResolvers<void>();
  let holding = true;
  const client: GameDependencies["client"] = {
    watch: (options) => testWorld.client.watch(options),
    async send(type, ...rest) {
      if (holding && type === "AddItemToInventory") {
        asked.resolve();
        await gate.promise;
      }
      return testWorld.client.send(type, ...rest);
    },
  };
  await using small = await startSmallGame({ world: testWorld, game: { client } });
  using _ = { [Symbol.dispose]: gate.resolve };
  const { ann, bob } = await three(small);
  await thing(small, "coin", "player/ann");
  await ann.see("You have a coin now.");
  ann.type("give coin to bob");
  await asked.promise;
  bob.type("quit");
  await ann.see("Bob leaves this world for now.\n");
  holding = false;
  gate.resolve();
  await ann.see("Bob left before that: you take it back.\n");
  await ann.see("\n> ");
  expect(await small.placeOf("game-object/coin")).toBe("player/ann");
  expect(await ann.do("inventory")).toContain("a coin");
});
