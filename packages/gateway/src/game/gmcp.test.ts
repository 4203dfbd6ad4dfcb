import { expect, test } from "vitest";
import { startSmallGame } from "../testing/small-game.ts";
import { roomNumber } from "./gmcp.ts";

test("a client that draws is told where one is, what is there, and what one has, as that changes", async () => {
  await using small = await startSmallGame();
  const make = (id: string, containerId: string, attributes: object) =>
    small.make("CreateGameObject", `game-object/${id}`, { name: `a ${id}`, generic: "object", containerId, attributes });
  await make("hat", "room/hall", { wearFlags: ["take", "head"] });
  await make("chest", "room/hall", { type: "container", wearFlags: [] });
  await small.settled();
  const ann = await small.arrive("Ann", { gmcp: true });
  const hat = { id: "hat", name: "a hat", attrib: "Wt" };
  const chest = { id: "chest", name: "a chest", attrib: "c" };
  const room = { num: roomNumber("hall"), id: "hall", name: "The Hall", exits: { d: roomNumber("cellar") } };
  expect(ann.gmcp()).toEqual([
    { package: "Char.Items.List", data: { location: "inv", items: [] } },
    { package: "Room.Info", data: room },
    { package: "Char.Items.List", data: { location: "room", items: [hat, chest] } },
  ]);
  const since = async (line: string) => {
    const before = ann.gmcp().length;
    await ann.do(line);
    return ann.gmcp().slice(before);
  };
  expect(await since("get hat")).toEqual([
    { package: "Char.Items.Remove", data: { location: "room", item: hat } },
    { package: "Char.Items.Add", data: { location: "inv", item: hat } },
  ]);
  expect(await since("wear hat")).toEqual([{ package: "Char.Items.Update", data: { location: "inv", item: { ...hat, attrib: "wt" } } }]);
  expect(await since("down")).toEqual([
    { package: "Room.Info", data: { num: roomNumber("cellar"), id: "cellar", name: "The Cellar", exits: { u: roomNumber("hall") } } },
    { package: "Char.Items.List", data: { location: "room", items: [] } },
  ]);
  expect(await since("look")).toEqual([]);
});

test("a client that asks for its lists gets them, and anything else is passed over", async () => {
  await using small = await startSmallGame();
  const ann = await small.arrive("Ann", { gmcp: true });
  const before = ann.gmcp().length;
  for (const name of ["Char.Items.Inv", "char.items.room", "Char.Login", "Core.Ping"]) ann.sendGmcp({ package: name, data: "" });
  expect(ann.gmcp().slice(before)).toEqual([
    { package: "Char.Items.List", data: { location: "inv", items: [] } },
    { package: "Char.Items.List", data: { location: "room", items: [] } },
  ]);
});

test("a room has the same number for ever, from 1 to 2³¹", () => {
  expect(roomNumber("skerrow-quay")).toBe(roomNumber("skerrow-quay"));
  const numbers = Array.from({ length: 3_000 }, (_, index) => roomNumber(`circle-${index}`));
  for (const number of numbers) expect(Number.isInteger(number) && number >= 1 && number <= 2 ** 31).toBe(true);
  expect(new Set(numbers).size).toBe(3_000);
});
