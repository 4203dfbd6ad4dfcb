import { describe, expect, test } from "vitest";
import { filesInMemory } from "../circlemud/world-files.ts";
import { readDikuWorld } from "./read-diku-world.ts";

const prose = Array.from({ length: 7 }, (_, index) => `%s says ${index}.~`).join("\n");
const shop = (vnum: number, produced: readonly number[], bought: readonly number[]): string =>
  [
    `#${vnum}~`,
    ...[...produced, -1, -1, -1, -1, -1, -1].slice(0, 6),
    "1.1",
    "0.9",
    ...[...bought, 0, 0, 0, 0, 0].slice(0, 5),
    prose,
    "1\n2\n100\n0\n101\n6\n12\n14\n20",
  ].join("\n");

const alfa = {
  wld: "#100\nThe Mill~\nFlour.\n~\n0 72 0\nD0\n~\n~\n0 -1 101\nS\n#101\nThe Yard~\nMud.\n~\n0 0 1\nS\n#200\n$~\n",
  mob: "#100\nmiller~\nthe miller~\nHe is here.\n~\nWhite.\n~\n16 4194312 +100 S\n3 18\n5 2d8+10 1d4+1\n20 100\n8 8\n1\n#200\n$~\n",
  obj: "#100\nflour~\nflour~\nFlour.~\n~\n19 14 65537\n1 0 0 0\n1 2 3\nA\n6 1\n#200\n$~\n",
  zon: "#1\nThe Mill~\n100 15 2\nM 0 100 1 100 the miller\nS\n#2\nThe Yard~\n199 30 0\n* nothing\nS\n#3\n$~\n",
  shp: `${shop(1, [100], [5, 9])}\n${shop(2, [], [])}\n$~\n`,
};

const read = (changed: Partial<typeof alfa> = {}, lenient = false) => {
  const texts = Object.entries({ ...alfa, ...changed }).map(([kind, text]) => [`tiny.${kind}`, text] as const);
  return readDikuWorld(filesInMemory(Object.fromEntries(texts)), "tiny", { lenient });
};

describe("a world of DikuMUD Alfa", () => {
  test("its zones stand in one file, each beginning where the one before ended", () => {
    const { zones } = read().world;
    expect(zones.map(({ vnum, name, bottom, top, resetMode, resets }) => [vnum, name, bottom, top, resetMode, resets.length])).toEqual([
      [1, "The Mill", 0, 100, "always", 1],
      [2, "The Yard", 101, 199, "never", 0],
    ]);
  });

  test("its bits have the names that they had then, and a record called $ is the end", () => {
    const { rooms, mobs, objects } = read().world;
    expect(rooms.map(({ vnum, flags }) => [vnum, flags])).toEqual([
      [100, ["indoors", "chaotic"]],
      [101, []],
    ]);
    expect(mobs).toMatchObject([{ flags: ["nice-thief"], affects: ["detect-invisible", "charm"], alignment: 100 }]);
    expect(objects).toMatchObject([
      { type: "food", extraFlags: ["hum", "dark", "lock"], wearFlags: ["take", "light-source"], affects: [{ apply: "sex", modifier: 1 }] },
    ]);
  });

  test("numbers that belong together may stand on several lines", () => {
    expect(read().world.mobs).toMatchObject([
      { level: 3, thac0: 18, armorClass: 5, hitPoints: { count: 2 }, sex: "male", experience: 100 },
    ]);
  });

  test("its shops have lists of fixed length, whose empty places are left out", () => {
    expect(read().world.shops).toMatchObject([
      {
        vnum: 1,
        produces: [100],
        sellingFactor: 1.1,
        buyingFactor: 0.9,
        buys: [{ type: "weapon" }, { type: "armor" }],
        messages: { shopLacksItem: "%s says 0.", playerSold: "%s says 6." },
        temper: 1,
        keeperVnum: 100,
        roomVnums: [101],
        hours: [
          { open: 6, close: 12 },
          { open: 14, close: 20 },
        ],
      },
      { vnum: 2, produces: [], buys: [] },
    ]);
  });

  test.each([
    ["an extra description without its mark", { wld: alfa.wld.replace("S\n#101", "flour~\nDust.\n~\nS\n#101") }, "tiny.wld:10"],
    ["a zone without numbers", { zon: alfa.zon.replace("199 30 0", "199 30") }, "tiny.zon:8"],
    ["a zone that ends before it begins", { zon: alfa.zon.replace("199 30 0", "99 30 0") }, "tiny.zon:8"],
    ["a zone file that stops", { zon: alfa.zon.replace("#3\n$~\n", "") }, "tiny.zon:0"],
    ["something between zones", { zon: alfa.zon.replace("#2\n", "what\n#2\n") }, "tiny.zon:6"],
    ["a shop that buys what is nothing", { shp: alfa.shp.replace("0.9\n5\n", "0.9\n99\n") }, "tiny.shp:1"],
    ["a file that is not there", { shp: undefined }, "tiny.shp:0"],
  ])("[A22] %s is named with file and line, and a lenient reading goes on", (_, changed, place) => {
    const texts = Object.entries({ ...alfa, ...changed }).flatMap(([kind, text]) => (text === undefined ? [] : [[`tiny.${kind}`, text]]));
    const files = filesInMemory(Object.fromEntries(texts) as Record<string, string>);
    expect(() => readDikuWorld(files, "tiny")).toThrow(`${place}: expected`);
    const { world, complaints } = readDikuWorld(files, "tiny", { lenient: true });
    expect(complaints[0]?.message).toContain(`${place}: expected`);
    expect(world.rooms).toHaveLength(2);
  });
});
