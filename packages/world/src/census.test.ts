import { refOf, type Json } from "@aethyr/kernel";
import fc from "fast-check";
import { expect, test } from "vitest";
import { createCensus } from "./census.ts";
import { createSmallWorld } from "./testing/small-world.ts";
import { story } from "./testing/stories.ts";

test("a census counts what the states of the world hold, whatever happened", async () => {
  await fc.assert(
    fc.asyncProperty(story, async (told) => {
      const small = createSmallWorld();
      for (const sent of told) await small.send(sent);
      const census = createCensus();
      for (const [path, events] of small.history())
        for (const event of events) census.add({ path, type: event.type, data: (event as unknown as { data: Json }).data });

      const living = [...small.snapshots()].filter(([, { state }]) => state.status === "active" && state.value !== "absent");
      const of = (type: string) =>
        living.filter(([path]) => refOf(path).type === type).map(([, { state }]) => state.context as { exits: object; generic: string });
      const generics = of("game-object").map(({ generic }) => generic);
      expect(census.read()).toEqual({
        rooms: of("room").length,
        exits: of("room").reduce((sum, { exits }) => sum + Object.keys(exits).length, 0),
        players: of("player").length,
        game_objects: Object.fromEntries([...new Set(generics)].map((name) => [name, generics.filter((each) => each === name).length])),
      });
    }),
  );
});
