import fc from "fast-check";
import { expect, test } from "vitest";
import { startSmallGame } from "../testing/small-game.ts";

const rounds = Number(process.env["AETHYR_SWORD_ROUNDS"] ?? 60);
/** What people did before they reach; told where a round fails, to be given again. */
const seed = Number(process.env["AETHYR_SWORD_SEED"] ?? Math.floor(Math.random() * 2 ** 31));

/** What two people type who both want it; each line counts as one reach, whoever comes first. */
const line = fc.constantFrom(
  "get sword",
  "get sword",
  "get all",
  "drop sword",
  "get sword from chest",
  "put sword in chest",
  "give sword to bob",
  "give sword to ann",
  "down",
  "up",
);

test(
  "[D30] two who reach for one sword: one gets it, the other is told, and there is always one sword",
  async () => {
    await using small = await startSmallGame();
    const people = { ann: await small.arrive("Ann"), bob: await small.arrive("Bob") };
    await small.make("CreateGameObject", "game-object/chest", {
      name: "a chest",
      generic: "object",
      containerId: "room/hall",
      attributes: { type: "container", wearFlags: [] },
    });
    await small.make("CreateGameObject", "game-object/sword", { name: "a sword", generic: "object", containerId: "room/hall" });
    await small.settled();
    const story = fc.array(fc.tuple(fc.constantFrom("ann" as const, "bob" as const), line), { maxLength: 6 });

    let raced = 0;
    for (const before of fc.sample(story, { seed, numRuns: rounds })) {
      await Promise.all(before.map(async ([who, typed]) => people[who].type(typed)));
      for (const person of Object.values(people)) await everythingDone(person);
      // Both stand in the hall again, the sword between them.
      for (const path of ["player/ann", "player/bob", "game-object/sword"])
        await small.make("UpdateGameObjectContainer", path, { containerId: "room/hall" });
      await small.settled();
      const at = Object.fromEntries(Object.entries(people).map(([name, person]) => [name, person.screen().length]));
      for (const person of Object.values(people)) person.type("get sword");
      for (const person of Object.values(people)) await everythingDone(person);
      const after = (name: keyof typeof people): string => people[name].screen().slice(at[name]);
      const got = (["ann", "bob"] as const).filter((name) => after(name).includes("You get a sword."));
      expect(got, `seed ${seed}: ${after("ann")}\n---\n${after("bob")}`).toHaveLength(1);
      const other = got[0] === "ann" ? "bob" : "ann";
      expect(after(other), `seed ${seed}`).toMatch(/Somebody was faster\.|You see nothing like that here\./);
      if (after(other).includes("Somebody was faster.")) raced += 1;
      expect(after(other).match(/gets a sword/g)).toHaveLength(1);

      const { ann, bob } = { ann: await people.ann.do("inventory"), bob: await people.bob.do("inventory") };
      expect([ann, bob].filter((list) => list.includes("a sword"))).toHaveLength(1);
    }
    // Both type before either is answered: in all rounds but a few, both have seen the sword and the world has to choose.
    expect(raced, `seed ${seed}`).toBeGreaterThan(rounds / 2);
  },
  Math.max(30_000, rounds * 1_000),
);

let words = 0;
/** A word that only oneself sees, after everything typed before. */
async function everythingDone(person: Awaited<ReturnType<Awaited<ReturnType<typeof startSmallGame>>["arrive"]>>): Promise<void> {
  const word = `topic${(words += 1)}`;
  person.type(`help ${word}`);
  await person.see("There is no help about that.");
  await person.see("> ");
}
