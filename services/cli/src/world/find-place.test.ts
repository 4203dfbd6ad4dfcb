import { pathOf, ref, refOf, type Json } from "@aethyr/kernel";
import type { AggregateState, Operations } from "@aethyr/operator";
import { expect, test } from "vitest";
import { findPlace, placeText } from "./find-place.ts";

type Contexts = Readonly<Record<string, Json>>;

function worldOf(contexts: Contexts): Pick<Operations, "showAggregate"> & { readonly asked: readonly string[] } {
  const asked: string[] = [];
  return {
    asked,
    async showAggregate(the) {
      asked.push(pathOf(the));
      const context = contexts[pathOf(the)];
      return context === undefined ? undefined : ({ ref: the, context } as AggregateState);
    },
  };
}
const whereIs = async (path: string, contexts: Contexts): Promise<string> =>
  placeText(await findPlace(worldOf(contexts), { ref: refOf(path), context: contexts[path] }));

test("the way goes from holder to holder up to a room", async () => {
  const contexts = {
    "game-object/sword": { containerId: "game-object/uriel" },
    "game-object/gem": { containerId: "game-object/bag" },
    "game-object/bag": { name: "a bag", containerId: "player/ann", items: ["gem"], equipment: {} },
    "player/ann": { name: "Ann", containerId: "room/square", equipment: {} },
    "game-object/uriel": { name: "Uriel", generic: "mobile", containerId: "room/square", equipment: { wield: "sword" } },
    "room/square": { name: "The Temple Square" },
  };
  await expect(whereIs("game-object/sword", contexts)).resolves.toBe(
    "worn as wield by Uriel (game-object/uriel), in The Temple Square (room/square)",
  );
  await expect(whereIs("game-object/gem", contexts)).resolves.toBe(
    "in a bag (game-object/bag), carried by Ann (player/ann), in The Temple Square (room/square)",
  );
  await expect(whereIs("room/square", contexts)).resolves.toBe("");
});

test.each<[string, Contexts, string]>([
  ["a holder that is gone ends it", { "game-object/a": { containerId: "game-object/b" } }, "in game-object/b"],
  ["what is nowhere is in nothing", { "game-object/a": { containerId: null } }, ""],
  ["what is no path names nothing", { "game-object/a": { containerId: "somewhere" } }, ""],
  ["what has no fields is in nothing", { "game-object/a": "text" }, ""],
  [
    "a circle ends where it closes",
    { "game-object/a": { containerId: "game-object/b" }, "game-object/b": { containerId: "game-object/a" } },
    "in game-object/b",
  ],
  ["not even something in itself goes on for ever", { "game-object/a": { containerId: "game-object/a" } }, ""],
])("%s", async (_, contexts, text) => {
  await expect(whereIs("game-object/a", contexts)).resolves.toBe(text);
});

test("something worn is not another thing of the same id", async () => {
  const contexts = { "player/a": { containerId: "room/r" }, "room/r": { name: "R", equipment: { wield: "a" } } };
  await expect(whereIs("player/a", contexts)).resolves.toBe("in R (room/r)");
});

test("a way that is too long ends after 33 steps", async () => {
  const contexts = Object.fromEntries(Array.from({ length: 99 }, (_, n) => [`game-object/${n}`, { containerId: `game-object/${n + 1}` }]));
  const world = worldOf(contexts);
  const places = await findPlace(world, { ref: ref("game-object", "0"), context: contexts["game-object/0"] });
  expect([places.length, world.asked.length, places.at(-1)?.ref]).toEqual([33, 33, "game-object/33"]);
});
