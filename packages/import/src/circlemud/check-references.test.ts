import { expect, test } from "vitest";
import { checkReferences } from "./check-references.ts";
import { readWorld } from "./read-world.ts";
import { summary } from "./testing/failures.ts";
import { smallWorld, worldWith } from "./testing/small-world.ts";

const check = (texts: Parameters<typeof worldWith>[0]): readonly string[] =>
  checkReferences(readWorld(worldWith(texts)).world).map((complaint) => `${summary(complaint)} ${complaint.found}`);
const zone = (resets: string): string => `#1\nZ~\n100 199 1 1\n${resets}\nS`;

test("a world whose numbers all lead somewhere has no complaints", () => {
  expect(check({})).toEqual([]);
});

test("an exit to a missing room and a key that is no object are complaints at the exit", () => {
  const wld = smallWorld.wld.replace("1 103 101", "1 999 555");
  expect(check({ wld })).toEqual(["missing_reference wld/1.wld:6 555", "missing_reference wld/1.wld:6 999"]);
});

test("a room outside its zone, or of no zone, is a complaint at the room", () => {
  const wld = smallWorld.wld.replace("1 d 0", "2 d 0");
  expect(check({ wld })).toEqual(["missing_reference wld/1.wld:1 2"]);
  expect(check({ zon: smallWorld.zon.replace("100 199", "101 199") })).toEqual(["outside_zone wld/1.wld:1 room 100"]);
  expect(check({ zon: smallWorld.zon.replace("100 199", "99 100") })).toEqual(["outside_zone wld/1.wld:16 room 101"]);
});

test("a container's key that is no object is a complaint at the container", () => {
  const obj = smallWorld.obj.replace("100 5 103 0", "100 5 104 0");
  expect(check({ obj })).toEqual(["missing_reference obj/1.obj:23 104"]);
});

test.each([
  ["M 0 9 1 8", ["9", "8"]],
  ["O 0 9 1 8", ["9", "8"]],
  ["G 0 9 1", ["9"]],
  ["E 0 9 1 0", ["9"]],
  ["P 0 9 1 8", ["9", "8"]],
  ["R 0 9 8", ["8", "9"]],
  ["D 0 9 0 1", ["9"]],
  ["D 0 100 3 1", ["no exit there"]],
])("the reset %j names what is missing: %j", (reset, found) => {
  expect(check({ zon: zone(reset) })).toEqual(found.map((what) => `missing_reference zon/1.zon:4 ${what}`));
});

test("a reset that closes an open way is a complaint", () => {
  expect(check({ zon: zone("D 0 101 5 1") })).toEqual(["not_a_door zon/1.zon:4 an open way"]);
});

test("a shop's goods, keeper and rooms are looked at", () => {
  const shp = smallWorld.shp.replace("100\n-1\n1.25", "200\n-1\n1.25").replace("2\n100\n6\n100\n101", "2\n300\n6\n400\n101");
  expect(check({ shp })).toEqual(["200", "300", "400"].map((what) => `missing_reference shp/1.shp:2 ${what}`));
});
