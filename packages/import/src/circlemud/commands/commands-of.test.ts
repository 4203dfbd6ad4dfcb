import type { Json } from "@aethyr/kernel";
import { CommandEnvelope, protocolVersion } from "@aethyr/protocol";
import { describe, expect, test } from "vitest";
import { planResets } from "../plan-resets.ts";
import { readWorld } from "../read-world.ts";
import { smallWorld, worldWith } from "../testing/small-world.ts";
import { commandsOf } from "./commands-of.ts";

function phasesOf(texts: Parameters<typeof worldWith>[0] = {}, prefix?: string) {
  const { world } = readWorld(worldWith(texts));
  return commandsOf(world, planResets(world), prefix === undefined ? {} : { prefix });
}
const commandsIn = (phases = phasesOf()) => phases.flatMap(({ commands }) => commands);
const find = (id: string, type: string, data: object = {}): Json | undefined =>
  commandsIn().find(({ command }) => command.target.id === id && command.type === type && matches(command.data, data))?.command.data;
const matches = (value: Json, part: object) =>
  Object.entries(part).every(([key, wanted]) => (value as Record<string, Json>)[key] === wanted);

describe("commandsOf", () => {
  test("gives phases in which every command finds what it needs made before", () => {
    expect(phasesOf().map(({ name, commands }) => [name, commands.length])).toEqual([
      ["rooms", 2],
      ["exits", 3],
      ["zones", 1],
      ["mobile prototypes", 2],
      ["object prototypes", 4],
      ["shops", 1],
      ["things in rooms", 2],
      ["things held, level 1", 3],
      ["equipment", 1],
    ]);
  });

  test("makes valid envelopes, each from a line of a file", () => {
    for (const { command, source } of commandsIn()) {
      expect(CommandEnvelope.parse(command)).toEqual(command);
      expect(command).toMatchObject({ v: protocolVersion, actor: "import", correlation: "import:circle" });
      expect(source.line).toBeGreaterThan(0);
    }
    expect(commandsIn()[0]?.source).toEqual({ file: "wld/1.wld", line: 1 });
  });

  test("makes a room with all its record says, and its zone by the range of numbers", () => {
    expect(find("circle-100", "CreateRoom")).toEqual({
      name: "The Mill",
      description: "   Flour everywhere.",
      attributes: {
        vnum: 100,
        zone: "circle-zone-1",
        sector: "inside",
        flags: ["indoors"],
        extraDescriptions: [{ keywords: ["flour", "dust"], text: "It makes you sneeze." }],
      },
    });
  });

  test("makes a room without a zone where none reaches its number", () => {
    const phases = phasesOf({ zon: "#1\nFar Away~\n900 999 15 2\nS\n$\n" });
    expect(phases[0]?.commands[0]?.command.data).not.toHaveProperty("attributes.zone");
  });

  test("makes each side of a way with its own door, in the state to which the resets bring it", () => {
    expect(find("circle-100", "AddRoomExit", { direction: "north" })).toEqual({
      direction: "north",
      targetRoomId: "circle-101",
      description: "A door of oak.",
      door: { keywords: ["door", "oak"], description: "", state: "closed", keyId: "circle-obj-103" },
    });
    expect(find("circle-101", "AddRoomExit", { direction: "south" })).toEqual({
      direction: "south",
      targetRoomId: "circle-100",
      door: { keywords: [], description: "", state: "open", keyId: "circle-obj-103" },
    });
  });

  test("makes a pickproof door without a key", () => {
    const phases = phasesOf({ wld: smallWorld.wld.replace("1 103 101", "2 -1 101") });
    const exit = commandsIn(phases).find(({ command }) => command.type === "AddRoomExit")?.command.data;
    expect(exit).toMatchObject({ door: { pickproof: true } });
    expect(exit).not.toHaveProperty("door.keyId");
  });

  test("makes a view without a way", () => {
    expect(find("circle-101", "AddRoomExit", { direction: "down" })).toEqual({
      direction: "down",
      targetRoomId: null,
      description: "A deep well.",
    });
  });

  test("makes a zone whose resets can be read again", () => {
    expect(find("circle-zone-1", "CreateGameObject")).toEqual({
      name: "The Mill",
      generic: "zone",
      attributes: {
        vnum: 1,
        bottom: 100,
        top: 199,
        lifespanMinutes: 15,
        resetMode: "always",
        resets: ["M 0 100 1 100", "G 1 100 5", "E 1 101 5 wield", "O 0 102 2 101", "P 1 100 9 102", "D 0 100 north closed", "R 0 101 103"],
      },
    });
  });

  test("makes prototypes that are nowhere, with all their records say and no place in a file", () => {
    expect(find("circle-mob-101", "CreateGameObject")).toEqual({
      name: "the cat",
      generic: "mobile-prototype",
      attributes: {
        vnum: 101,
        keywords: ["cat"],
        longDescription: "A cat sleeps in the sun.",
        description: "It purrs.",
        flags: ["sentinel", "stay-zone"],
        affects: ["detect-invisible"],
        alignment: 350,
        format: "enhanced",
        level: 1,
        thac0: 20,
        armorClass: 9,
        hitPoints: { count: 1, sides: 4, bonus: 0 },
        damage: { count: 1, sides: 2, bonus: -1 },
        gold: 0,
        experience: 5,
        loadPosition: "sleeping",
        defaultPosition: "sleeping",
        sex: "female",
        abilities: { Dex: 18, BareHandAttack: 8 },
      },
    });
    expect(find("circle-obj-101", "CreateGameObject")).toEqual({
      name: "a flail",
      generic: "object-prototype",
      attributes: {
        vnum: 101,
        keywords: ["flail"],
        longDescription: "A flail lies here.",
        actionDescription: "",
        type: "weapon",
        extraFlags: ["glow", "magic"],
        wearFlags: ["take", "wield"],
        values: [0, 1, 6, 7],
        weight: 8,
        cost: 20,
        rent: 5,
        extraDescriptions: [{ keywords: ["handle"], text: "Worn smooth." }],
        affects: [{ apply: "hitroll", modifier: 1 }],
      },
    });
  });

  test("makes instances where the plan has them, and puts on what is worn", () => {
    const placed = phasesOf()
      .slice(6)
      .flatMap(({ commands }) => commands.map(({ command: { type, target, data } }) => [type, target.id, data]));
    const instance = (id: string, generic: string, name: string, containerId: string, prototype: string) => [
      "CreateGameObject",
      id,
      { name, generic, containerId, attributes: { prototype } },
    ];
    expect(placed).toEqual([
      instance("circle-100-m-100-1", "mobile", "the miller", "room/circle-100", "circle-mob-100"),
      instance("circle-101-o-102-1", "object", "a chest", "room/circle-101", "circle-obj-102"),
      instance("circle-100-o-100-1", "object", "a sack of flour", "game-object/circle-100-m-100-1", "circle-obj-100"),
      instance("circle-100-o-101-1", "object", "a flail", "game-object/circle-100-m-100-1", "circle-obj-101"),
      instance("circle-101-o-100-1", "object", "a sack of flour", "game-object/circle-101-o-102-1", "circle-obj-100"),
      ["EquipItem", "circle-100-m-100-1", { itemId: "circle-100-o-101-1", slot: "wield" }],
    ]);
  });

  test("names what has no name: after its keywords, else after its number", () => {
    const phases = phasesOf({
      wld: smallWorld.wld.replace("The Yard~", "~"),
      mob: smallWorld.mob.replace("the cat~", "~"),
      obj: smallWorld.obj.replace("flour sack~\na sack of flour~", "~\n~"),
    });
    const names = commandsIn(phases).flatMap(({ command: { target, data } }) =>
      ["circle-101", "circle-mob-101", "circle-obj-100"].includes(target.id) && "name" in (data as object)
        ? [(data as { name: string }).name]
        : [],
    );
    expect(names).toEqual(["#101", "cat", "#100"]);
  });

  test("begins every id with the prefix", () => {
    const ids = commandsIn(phasesOf({}, "mill.2")).map(({ command }) => command);
    expect(ids.every(({ target, correlation }) => target.id.startsWith("mill.2-") && correlation === "import:mill.2")).toBe(true);
  });

  test.each(["", ".a", "a b", "a/b", "x".repeat(33)])("refuses the prefix %o", (prefix) => {
    expect(() => phasesOf({}, prefix)).toThrow(RangeError);
  });
});

describe("the id of a command", () => {
  const idOf = (texts: Parameters<typeof worldWith>[0], type = "CreateRoom") =>
    commandsIn(phasesOf(texts)).find(({ command }) => command.type === type)?.command.id;

  test("is the same for the same record, wherever in the file it stands", () => {
    const id = idOf({});
    // A literal: another way to make ids would let every world that was imported before pass for changed.
    expect(id).toBe("import:CreateRoom:circle-100:ec9483e0dd86874b");
    expect(idOf({ wld: `* moved down\n\n${smallWorld.wld}` })).toBe(id);
  });

  test("is another one when the record says something else", () => {
    expect(idOf({ wld: smallWorld.wld.replace("Flour everywhere", "Dust everywhere") })).not.toBe(idOf({}));
    expect(idOf({ wld: smallWorld.wld.replace("1 103 101", "2 103 101") }, "AddRoomExit")).not.toBe(idOf({}, "AddRoomExit"));
  });

  test("is not shared by two commands", () => {
    const ids = commandsIn().map(({ command }) => command.id);
    expect(new Set(ids).size).toBe(ids.length);
  });
});
