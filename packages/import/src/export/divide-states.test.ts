import { pathOf, refOf } from "@aethyr/kernel";
import fc from "fast-check";
import { expect, test } from "vitest";
import { divideStates } from "./divide-states.ts";
import type { ExportedState } from "./world-export.ts";

const state = (path: string, containerId: string | null = null): ExportedState => ({
  ref: refOf(path),
  states: "existing",
  context: { containerId },
});
const paths = (states: readonly ExportedState[]): readonly string[] => states.map(({ ref }) => pathOf(ref));

const world = [
  state("room/harbour-quay"),
  state("room/harbour.office"),
  state("room/hill"),
  state("player/ada", "room/harbour-quay"),
  state("player/bob", "room/hill"),
  state("game-object/bag", "player/ada"),
  state("game-object/coin", "game-object/bag"),
  state("game-object/stone", "room/hill"),
  state("game-object/lost", "room/no-more"),
  state("player/nowhere"),
];

test("[A22] what is named goes with all that is in it, and the rest stays", () => {
  const { chosen, rest } = divideStates(world, ["room/harbour-*", "player/nowhere"]);
  expect(paths(chosen)).toEqual(["room/harbour-quay", "player/ada", "game-object/bag", "game-object/coin", "player/nowhere"]);
  expect(paths(rest)).toEqual(["room/harbour.office", "room/hill", "player/bob", "game-object/stone", "game-object/lost"]);
});

test("[A22] what is in something goes where that goes, whatever is said of it; a pattern is no expression", () => {
  expect(paths(divideStates(world, ["game-object/*", "player/ada"]).chosen)).toEqual(["game-object/lost"]);
  expect(paths(divideStates(world, ["room/harbour.*"]).chosen)).toEqual(["room/harbour.office"]);
  expect(divideStates(world, []).chosen).toEqual([]);
  expect(divideStates(world, ["*"]).rest).toEqual([]);
});

test("[A22] [G11] each aggregate is in one part, also in a world where things are in each other", () => {
  const ids = fc.integer({ min: 0, max: 9 });
  fc.assert(
    fc.property(fc.array(fc.option(ids, { nil: null }), { minLength: 1, maxLength: 10 }), fc.array(ids), (holders, named) => {
      const states = holders.map((holder, index) => state(`game-object/g${index}`, holder === null ? null : `game-object/g${holder}`));
      const { chosen, rest } = divideStates(
        states,
        named.map((id) => `game-object/g${id}`),
      );
      expect([...paths(chosen), ...paths(rest)].toSorted()).toEqual(paths(states).toSorted());
      const isIn = new Set(paths(chosen));
      for (const [index, holder] of holders.entries())
        if (holder !== null && holder < holders.length) expect(isIn.has(`game-object/g${index}`)).toBe(isIn.has(`game-object/g${holder}`));
    }),
  );
});
