import { expect, test } from "vitest";
import { readLines } from "./line-reader.ts";
import { lenientReading, strictReading } from "./reading.ts";
import { readRooms } from "./rooms.ts";
import { failureOf, summary } from "./testing/failures.ts";
import { smallWorld } from "./testing/small-world.ts";
import type { WorldFileError } from "./world-file-error.ts";

const strict = (text: string) => readRooms(readLines("r.wld", text), strictReading);
const lenient = (text: string) => {
  const complaints: WorldFileError[] = [];
  const rooms = readRooms(readLines("r.wld", text), lenientReading(complaints));
  return { rooms, complaints: complaints.map(summary) };
};
/** Lines 2 to 5 are the texts and numbers, 6 starts the sections. */
const room = (sections: string, vnum = 1): string => `#${vnum}\nName~\nText.\n~\n1 0 0\n${sections}`;

test("a room has its texts, flags, sector, exits and extra descriptions, each with its place in the file", () => {
  const file = "r.wld";
  const north = {
    direction: "north",
    description: "A door of oak.",
    keywords: ["door", "oak"],
    door: "door",
  };
  const south = { direction: "south", description: "", keywords: [], door: "door" };
  const down = { direction: "down", description: "A deep well.", keywords: [], door: "none" };
  expect(strict(smallWorld.wld)).toEqual([
    {
      vnum: 100,
      zone: 1,
      name: "The Mill",
      description: "   Flour everywhere.",
      flags: ["indoors"],
      sector: "inside",
      exits: [{ ...north, keyVnum: 103, targetVnum: 101, source: { file, line: 6 } }],
      extraDescriptions: [{ keywords: ["flour", "dust"], text: "It makes you sneeze.", source: { file, line: 11 } }],
      source: { file, line: 1 },
    },
    {
      vnum: 101,
      zone: 1,
      name: "The Yard",
      description: "Mud.",
      flags: [],
      sector: "field",
      exits: [
        { ...south, keyVnum: 103, targetVnum: 100, source: { file, line: 21 } },
        { ...down, keyVnum: null, targetVnum: null, source: { file, line: 25 } },
      ],
      extraDescriptions: [],
      source: { file, line: 16 },
    },
  ]);
});

test.each([
  ["0 -1 -1", null, null],
  ["0 65535 65535", null, null],
  ["1 0 0", null, 0],
  ["2 5 6", 5, 6],
])("the exit line %j has the key %j and the target %j", (line, keyVnum, targetVnum) => {
  expect(strict(`${room(`D0\n~\n~\n${line}\nS`)}\n$`)[0]?.exits[0]).toMatchObject({
    keyVnum,
    targetVnum,
  });
});

test("marks may be followed by blanks, as in the stock world", () => {
  expect(strict(`${room("D0 \n~\n~\n0 -1 2\nE \nk~\nt~\nS ")}\n$~`)[0]).toMatchObject({
    exits: [{ direction: "north" }],
    extraDescriptions: [{ text: "t" }],
  });
});

test.each([
  ["a sector outside the list", "#1\nN~\nT~\n1 0 10\nS\n$", "unknown_value r.wld:4"],
  ["a flag without a name", "#1\nN~\nT~\n1 q 0\nS\n$", "unknown_flag r.wld:4"],
  ["a line of another dialect", "#1\nN~\nT~\n1 0 0 0 0 0\nS\n$", "malformed_line r.wld:4"],
  ["a zone that is no number", "#1\nN~\nT~\nx 0 0\nS\n$", "bad_number r.wld:4"],
  ["an unknown section", `${room("X")}\nS\n$`, "malformed_line r.wld:6"],
  ["a direction outside the six", `${room("D6\n~\n~\n0 -1 1")}\nS\n$`, "unknown_value r.wld:6"],
  ["an unknown kind of door", `${room("D0\n~\n~\n3 -1 1")}\nS\n$`, "unknown_value r.wld:9"],
  ["an exit line that is too short", `${room("D0\n~\n~\n0 -1")}\nS\n$`, "malformed_line r.wld:9"],
  ["two exits in one direction", `${room("D0\n~\n~\n0 -1 1\nD0\n~\n~\n0 -1 1")}\nS\n$`, "duplicate_exit r.wld:10"],
  ["a room without its S", `${room("#2")}\n$`, "malformed_line r.wld:6"],
  ["a file that ends in a room", room(""), "unexpected_end r.wld:0"],
  ["a file that ends in a text", "#1\nN", "unexpected_end r.wld:2"],
  ["a file without its $", room("S"), "unexpected_end r.wld:0"],
  ["a file that starts with something else", "1\n$", "malformed_line r.wld:1"],
  ["an empty file", "", "unexpected_end r.wld:0"],
])("%s is a complaint with its line", (_case, text, expected) => {
  expect(failureOf(() => strict(text))).toBe(expected);
});

test("the game's end mark #99999 ends a file, whatever follows", () => {
  expect(strict(`${room("S")}\n#99999\nrubbish`)).toHaveLength(1);
});

test("a lenient reading goes on after a room that it cannot use", () => {
  expect(lenient(`${room("S")}\n#2\nN~\nT~\nbroken\nS\n${room("S", 3)}\n$`)).toMatchObject({
    rooms: [{ vnum: 1 }, { vnum: 3 }],
    complaints: ["malformed_line r.wld:10"],
  });
});

test("a lenient reading keeps a room whose sections have faults, without the faulty parts", () => {
  const badExit = "D0\n~\n~\n0 x 1\n";
  const withoutMark = "sign~\nThe E above this text is missing.\n~\n";
  const good = "E\nk~\nt~\nD1\n~\n~\n0 -1 2\n";
  const twice = "D1\n~\n~\n0 -1 3\n";
  const { rooms, complaints } = lenient(`${room(`${badExit}${withoutMark}${good}${twice}S`)}\n$`);
  expect(rooms).toMatchObject([{ exits: [{ direction: "east", targetVnum: 2 }], extraDescriptions: [{ text: "t" }] }]);
  expect(complaints).toEqual(["bad_number r.wld:9", "malformed_line r.wld:10", "duplicate_exit r.wld:20"]);
});

test("a lenient reading finds the rooms that a missing ~ has swallowed", () => {
  expect(lenient(`#1\nN\nT~\n1 0 0\nS\n${room("S", 2)}\n$`)).toMatchObject({
    rooms: [{ vnum: 2 }],
    complaints: ["malformed_line r.wld:8"],
  });
});

test("a lenient reading takes what a file without end has", () => {
  expect(lenient(room("D0\n~\n~\n0 -1 2"))).toMatchObject({
    rooms: [{ vnum: 1, exits: [{ direction: "north" }] }],
    complaints: ["unexpected_end r.wld:0", "unexpected_end r.wld:0"],
  });
  expect(lenient("rubbish\n$")).toEqual({ rooms: [], complaints: ["malformed_line r.wld:1"] });
  expect(lenient(`${room("D0\n~\n~\n9 -1 1\n#2")}\n$`).rooms).toMatchObject([{ vnum: 1, exits: [{ door: "none" }] }]);
});
