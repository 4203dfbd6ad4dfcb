import { expect, test } from "vitest";
import { fieldRows } from "./fields.ts";

test.each<[unknown, readonly (readonly [string, string])[]]>([
  [
    { name: "The Hall", size: 3, by: null, items: ["a", "b"] },
    [
      ["name", "The Hall"],
      ["size", "3"],
      ["by", "null"],
      ["items", '["a","b"]'],
    ],
  ],
  [
    { items: [], equipment: {} },
    [
      ["items", "(none)"],
      ["equipment", "(none)"],
    ],
  ],
  [
    { equipment: { wield: "sword", head: "hat" } },
    [
      ["equipment wield", "sword"],
      ["equipment head", "hat"],
    ],
  ],
  [
    { attributes: { "combat.armor": 5, deep: { a: [1] } } },
    [
      ["attributes combat.armor", "5"],
      ["attributes deep", '{"a":[1]}'],
    ],
  ],
  [
    { exits: { north: { targetRoomId: "yard" }, up: { targetRoomId: null, description: "Stars.\n" } } },
    [
      ["exits north", "to room/yard"],
      ["exits up", "to nowhere: Stars."],
    ],
  ],
  [
    { exits: { north: { targetRoomId: "yard", door: { keywords: ["gate", "iron"], state: "locked" } } } },
    [["exits north", "to room/yard (gate locked)"]],
  ],
  [{ exits: { north: { targetRoomId: "yard", door: { keywords: [], state: "open" } } } }, [["exits north", "to room/yard (door open)"]]],
  [{ exits: { north: { targetRoomId: "yard", door: { state: "open" } } } }, [["exits north", "to room/yard (door open)"]]],
  [
    {
      attributes: {
        extraDescriptions: [
          { keywords: ["gate", "iron"], text: "It is old.\nIt creaks.\n" },
          { keywords: ["wall"], text: "Stone." },
        ],
      },
    },
    [["attributes extraDescriptions", "gate, iron: It is old.\nIt creaks.\nwall: Stone."]],
  ],
  [{ list: [{ keywords: ["gate"] }] }, [["list", '[{"keywords":["gate"]}]']]],
  ["a text", [["data", "a text"]]],
  [[1], [["data", "[1]"]]],
  [null, [["data", "null"]]],
])("%j", (context, rows) => {
  expect(fieldRows(context)).toEqual(rows);
});
