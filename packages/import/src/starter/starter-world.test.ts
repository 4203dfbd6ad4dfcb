import { CommandEnvelope } from "@aethyr/protocol";
import { Slot } from "@aethyr/world";
import { afterEach, describe, expect, test } from "vitest";
import { runImport } from "../run/run-import.ts";
import { placesIn, startWorldHost, type WorldHost } from "../testing/world-host.ts";
import { starterEntrance, starterWorld } from "./starter-world.ts";

const opposite: Readonly<Record<string, string>> = {
  north: "south",
  south: "north",
  east: "west",
  west: "east",
  up: "down",
  down: "up",
};

type Exit = { direction: string; targetRoomId: string; door?: { keyId?: string } };
type Thing = {
  name: string;
  generic: string;
  containerId: string;
  attributes: { keywords: string[]; longDescription: string; description: string };
};

const commands = starterWorld().flatMap((phase) => phase.commands.map(({ command }) => command));
const dataOf = <T>(type: string) =>
  commands.filter((command) => command.type === type).map(({ target, data }) => ({ id: target.id, data: data as T }));
const rooms = dataOf<{ description: string }>("CreateRoom");
const exits = dataOf<Exit>("AddRoomExit");
const things = dataOf<Thing>("CreateGameObject");

describe("the starter world", () => {
  let host: WorldHost | undefined;
  afterEach(async () => {
    await host?.close();
    host = undefined;
  });

  test("is a small village of rooms, people and things, some inside others, some worn, some behind doors", () => {
    expect(rooms.length).toBeGreaterThanOrEqual(12);
    expect(things.filter(({ data }) => data.generic === "object").length).toBeGreaterThanOrEqual(20);
    expect(things.filter(({ data }) => data.generic === "mobile").length).toBeGreaterThanOrEqual(2);
    expect(dataOf("EquipItem").length).toBeGreaterThanOrEqual(4);
    expect(exits.filter(({ data }) => data.door !== undefined).length).toBeGreaterThanOrEqual(4);
    const names = starterWorld().map(({ name }) => name);
    expect(names).toContain("things held, level 2");
  });

  test("has something that a newcomer can put on", () => {
    const lying = things.filter(({ data }) => data.containerId.startsWith("room/"));
    expect(lying.filter(({ data }) => JSON.stringify(data).includes('"head"')).map(({ data }) => data.name)).toContain("a knitted cap");
  });

  test("consists of valid commands, each under an id of its own and always the same", () => {
    for (const command of commands) expect(CommandEnvelope.parse(command)).toEqual(command);
    expect(new Set(commands.map(({ id }) => id)).size).toBe(commands.length);
    expect(new Set(things.map(({ id }) => id)).size).toBe(things.length);
    expect(starterWorld()).toEqual(starterWorld());
  });

  test("has a way back for every way, with the same door in it", () => {
    for (const { id, data } of exits) {
      const back = exits.find((exit) => exit.id === data.targetRoomId && exit.data.direction === opposite[data.direction]);
      expect(back?.data, `${id} ${data.direction}`).toMatchObject({ targetRoomId: id });
      expect(back?.data.door).toEqual(data.door);
    }
  });

  test("can be walked through from its entrance", () => {
    const reached = new Set([starterEntrance]);
    for (const id of reached) for (const exit of exits) if (exit.id === id) reached.add(exit.data.targetRoomId);
    expect([...reached].sort()).toEqual(rooms.map(({ id }) => id).sort());
  });

  test("has the key to each lock", () => {
    const locks = exits.flatMap(({ data }) => data.door?.keyId ?? []);
    expect(locks.length).toBeGreaterThan(0);
    for (const lock of locks) expect(things.map(({ id }) => id)).toContain(lock);
  });

  test("says something at every look, and answers to a word of each thing's name", () => {
    for (const { data } of rooms) expect(data.description.length).toBeGreaterThan(150);
    for (const { data } of things) {
      expect(data.attributes.longDescription).toMatch(/[.!?]$/);
      expect(data.attributes.description).toMatch(/[.!?"]$/);
      const words: readonly string[] = data.name.toLowerCase().match(/[a-z'-]+/g) ?? [];
      expect(
        data.attributes.keywords.some((keyword) => words.includes(keyword)),
        data.name,
      ).toBe(true);
    }
    const texts = JSON.stringify(commands);
    expect(texts).not.toMatch(/ {2}|\\t/);
  });

  test("is accepted to the last command, and a second run changes nothing", async () => {
    host = startWorldHost();
    const { store, send } = host;
    const first = await runImport({ phases: starterWorld(), send, head: 0 });
    expect(first.problems).toEqual([]);
    expect(first.phases.map(({ total, accepted }) => total - accepted).every((missing) => missing === 0)).toBe(true);
    const head = await store.head();

    const second = await runImport({ phases: starterWorld(), send, head });
    expect(second.problems).toEqual([]);
    expect(second.phases.map(({ total, alreadyThere }) => total - alreadyThere).every((missing) => missing === 0)).toBe(true);
    expect(await store.head()).toBe(head);

    const { held } = await placesIn(store);
    expect(held).toContainEqual(["game-object/skerrow-oilskin-pouch", "game-object/skerrow-letter", null]);
    expect(held.filter(([holder]) => holder === "game-object/skerrow-odo").map(([, , slot]) => Slot.parse(slot))).toHaveLength(4);
  });
});
