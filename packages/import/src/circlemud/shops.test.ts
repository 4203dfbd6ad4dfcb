import { expect, test } from "vitest";
import { readLines } from "./line-reader.ts";
import { lenientReading, strictReading } from "./reading.ts";
import { readShops } from "./shops.ts";
import { failureOf, summary } from "./testing/failures.ts";
import { smallWorld } from "./testing/small-world.ts";
import type { WorldFileError } from "./world-file-error.ts";

const strict = (text: string) => readShops(readLines("s.shp", text), strictReading);
const header = "CircleMUD v3.0 Shop File~\n";
const changed = (from: string, to: string): string => smallWorld.shp.replace(from, to);

test("a shop has its goods, prices, messages, rooms and hours", () => {
  expect(strict(smallWorld.shp)).toEqual([
    {
      vnum: 100,
      produces: [100],
      sellingFactor: 1.25,
      buyingFactor: 0.5,
      buys: [
        { type: "food", keywords: "" },
        { type: "drink-container", keywords: "" },
        { type: "weapon", keywords: "sharp&!cursed" },
      ],
      messages: {
        shopLacksItem: "%s Sold out.",
        playerLacksItem: "%s You have none.",
        shopRefusesType: "%s No.",
        shopLacksMoney: "%s I am poor.",
        playerLacksMoney: "%s You are poor.",
        playerBought: "%s That makes %d.",
        playerSold: "%s Take %d.",
      },
      temper: 0,
      flagBits: 2,
      keeperVnum: 100,
      refusesBits: 6,
      roomVnums: [100, 101],
      hours: [
        { open: 6, close: 12 },
        { open: 14, close: 20 },
      ],
      source: { file: "s.shp", line: 2 },
    },
  ]);
});

test("a shop may have no keeper", () => {
  expect(strict(changed("2\n100\n6\n", "2\n-1\n6\n"))).toMatchObject([{ keeperVnum: null }]);
});

test.each([
  ["an empty file", "", "unexpected_end s.shp:0"],
  ["the format before version 3", "#100~\n$~", "malformed_line s.shp:1"],
  ["a file without its $", header, "unexpected_end s.shp:0"],
  ["something other than a shop", `${header}#100\n$~`, "malformed_line s.shp:2"],
  ["a price that is no number", changed("1.25", "cheap"), "bad_number s.shp:5"],
  ["a produced object that is no number", changed("100\n-1\n1.25", "bread\n-1\n1.25"), "bad_number s.shp:3"],
  ["an unknown item type", changed("FOOD", "LUCK"), "unknown_value s.shp:7"],
  ["an item type outside the list", changed("FOOD", "24"), "unknown_value s.shp:7"],
  ["a shop that the file cuts off", `${header}#100~\n100\n`, "unexpected_end s.shp:3"],
])("%s is a complaint with its line", (_case, text, expected) => {
  expect(failureOf(() => strict(text))).toBe(expected);
});

test("a lenient reading goes on after a shop that it cannot use", () => {
  const complaints: WorldFileError[] = [];
  const text = smallWorld.shp.replace(header, "Shops\nrubbish\n#9~\n100\n-1\ncheap\n");
  expect(readShops(readLines("s.shp", text), lenientReading(complaints))).toMatchObject([{ vnum: 100 }]);
  expect(complaints.map(summary)).toEqual(["malformed_line s.shp:1", "malformed_line s.shp:2", "bad_number s.shp:6"]);
});
