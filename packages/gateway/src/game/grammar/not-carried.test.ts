import { expect, test } from "vitest";
import { startSmallGame } from "../../testing/small-game.ts";

test("what somebody wears or holds is not carried: they are told so, and what to do", async () => {
  await using small = await startSmallGame();
  const thing = (id: string, attributes: object): Promise<number> =>
    small.make("CreateGameObject", `game-object/${id}`, { name: `a ${id}`, generic: "object", containerId: "room/hall", attributes });
  await thing("hat", { wearFlags: ["take", "head"] });
  await thing("rod", { wearFlags: ["take", "hold"] });
  const ann = await small.arrive("Ann");
  const bob = await small.arrive("Bob");
  await ann.do("get all");
  expect(await ann.do("score")).toContain("You carry 2 things.");
  await ann.do("wear hat");
  await ann.do("hold rod");
  expect(await ann.do("score")).toContain("You carry 0 things, and wear or hold 2 things.");
  for (const line of ["drop hat", "give hat to bob", "wear hat"])
    expect(await ann.do(line), line).toBe("You wear a hat: remove it first.\n> ");
  expect(await ann.do("hold rod")).toBe("You hold a rod: remove it first.\n> ");
  expect(await ann.do("drop dragon")).toBe("You carry nothing like that.\n> ");
  await ann.do("emote waves");
  await bob.see("Ann waves.\n");
});
