import { ref, type Json } from "@aethyr/kernel";
import { expect, test } from "vitest";
import { differences, worldStateHash } from "./same-world.ts";
import { leftOutText, type ExportedState } from "./world-export.ts";

const room = (id: string, context: Json, states: Json = "existing"): ExportedState => ({ ref: ref("room", id), states, context });
const told = (one: readonly ExportedState[], other: readonly ExportedState[]) => differences(one, other).map(leftOutText);

test("[A22] worlds are equal that have the same aggregates in the same state, in whatever order that is told", () => {
  const one = [room("hall", { name: "Hall", exits: { up: null, down: [1] } }), room("yard", {})];
  const other = [room("yard", {}), room("hall", { exits: { down: [1], up: null }, name: "Hall" })];
  expect(told(one, other)).toEqual([]);
  expect(one.map(worldStateHash).toSorted()).toEqual(other.map(worldStateHash).toSorted());
});

test("[A22] what differs is told by aggregate and field; one that is missing, and one too many, as such", () => {
  const one = [room("hall", { name: "Hall", lit: true }), room("yard", {}), room("mill", {})];
  const other = [room("hall", { name: "Hell" }), room("yard", {}, "cursed"), room("attic", {})];
  expect(told(one, other)).toEqual([
    "room/hall: after an import it differs in name, lit",
    "room/yard: after an import it differs in the state of its chart",
    "room/mill: an import does not make it",
    "room/attic: an import makes it, and it was not there",
  ]);
});

test("[A22] what is sealed counts as the same in both worlds, and as more than nothing", () => {
  const sealedAs = (text: Json) => [room("hall", { keys: [text] })];
  expect(told(sealedAs("sealed:1:player/ann:AAAA"), sealedAs("sealed:1:player/ann:BBBB"))).toEqual([]);
  for (const other of [null, "AAAA"]) expect(told(sealedAs("sealed:1:player/ann:AAAA"), sealedAs(other))).toHaveLength(1);
});
