import { pathOf, ref, type Json, type Ref } from "@aethyr/kernel";
import { world as domain } from "@aethyr/world";
import { describe, expect, test } from "vitest";
import type { WorldFileError } from "../circlemud/world-file-error.ts";
import { createCommandMaker, type ImportCommand } from "../commands/import-command.ts";
import { runImport } from "../run/run-import.ts";
import { startWorldHost, type WorldHost } from "../testing/world-host.ts";
import { exportWorld } from "./export-world.ts";
import { initialContext } from "./initial-context.ts";
import { noPassword } from "./players.ts";
import { rehearse, statesIn } from "./rehearse.ts";
import { differences } from "./same-world.ts";
import { leftOutText, type ExportedState } from "./world-export.ts";
import { readWorldFile, worldFileLines } from "./world-file.ts";

const initialOf = (type: string): Readonly<Record<string, Json>> => initialContext(domain.aggregates.get(type)!);

type Told = readonly [type: string, target: Ref, data: Json];

async function worldOf(commands: readonly Told[]): Promise<WorldHost> {
  const host = startWorldHost();
  const make = createCommandMaker("test");
  for (const [type, target, data] of commands) {
    const [reply] = await host.send([make(type, target, data, { file: "", line: 0 }).command]);
    expect([type, pathOf(target), reply?.code, JSON.stringify(reply)]).toEqual([type, pathOf(target), "accepted", expect.anything()]);
  }
  return host;
}

const hall = ref("room", "hall");
const yard = ref("room", "yard");
const thing = (id: string): Ref => ref("game-object", id);
const ann = ref("player", "ann");
const phc = `$argon2id$v=19$m=65536,t=3,p=4$c29tZXNhbHRzb21l$${"B".repeat(43)}`;
const textOf = (commands: Parameters<typeof worldFileLines>[0]): string => [...worldFileLines(commands)].join("");
const fail = (complaint: WorldFileError): never => {
  throw complaint;
};

const everything: readonly Told[] = [
  ["CreateRoom", hall, { name: "The Hall", description: "Two\nlines. ☃", attributes: { "a.b": [1, { c: null }] } }],
  ["CreateRoom", yard, { name: "The Yard" }],
  [
    "AddRoomExit",
    hall,
    { direction: "north", targetRoomId: "yard", door: { keywords: ["gate"], description: "", state: "locked", keyId: "key" } },
  ],
  ["AddRoomExit", hall, { direction: "up", targetRoomId: null, description: "The sky." }],
  ["AddRoomExit", yard, { direction: "south", targetRoomId: "hall" }],
  ["AddRoomExit", yard, { direction: "east", targetRoomId: "hall" }],
  ["RemoveRoomExit", yard, { direction: "east" }],
  ["UpdateRoomDescription", yard, { description: "Mud." }],
  ["CreateGameObject", thing("cook"), { name: "the cook", generic: "mobile", containerId: "room/hall", attributes: { mood: null } }],
  // Named so that holders come after what they hold.
  ["CreateGameObject", thing("z-bag"), { name: "a bag", containerId: "game-object/cook" }],
  ["CreateGameObject", thing("y-box"), { name: "a box", containerId: "game-object/z-bag" }],
  ["CreateGameObject", thing("a-gem"), { name: "a gem", containerId: "game-object/y-box" }],
  ["CreateGameObject", thing("hat"), { name: "a hat", containerId: "game-object/cook" }],
  ["CreateGameObject", thing("idea"), { name: "an idea" }],
  ["CreateGameObject", thing("gone"), { name: "a ghost" }],
  ["DeleteGameObject", thing("gone"), {}],
  ["EquipItem", thing("cook"), { itemId: "hat", slot: "head" }],
  ["AddItemToInventory", thing("cook"), { itemId: "z-bag", position: { x: 3, y: 4 } }],
  ["UpdateGameObjectAttributes", thing("a-gem"), { attributes: { colour: "red" } }],
  ["CreatePlayer", ann, { name: "Ann", passwordHash: phc, containerId: "room/yard" }],
  ["CreatePlayer", ref("player", "bob"), { name: "Bob", passwordHash: phc }],
  ["UpdatePlayerAdminStatus", ann, { admin: true }],
  ["UpdateGameObjectAttribute", ann, { key: "mood", value: "sunny" }],
  ["CreateGameObject", thing("purse"), { name: "a purse", containerId: "player/ann" }],
  ["CreateGameObject", thing("coin"), { name: "a coin", containerId: "game-object/purse" }],
  ["CreateGameObject", thing("cap"), { name: "a cap", containerId: "player/ann" }],
  ["CreateGameObject", thing("bench"), { name: "a bench", containerId: "room/yard", attributes: { seat: true } }],
  ["EquipItem", ann, { itemId: "cap", slot: "head" }],
  ["AddItemToInventory", ann, { itemId: "purse", position: { x: 1, y: 2 } }],
  ["SitDown", ann, { seatId: "bench" }],
  ["SetPose", ann, { pose: "is asleep" }],
];

describe("an export", () => {
  test("[A22] imported into an empty world makes an equal one, and once more changes nothing", async () => {
    const before = await worldOf(everything);
    const states = await statesIn(before.store, domain);
    const exported = exportWorld(states, domain);
    expect(exported.leftOut).toEqual([]);
    expect(await rehearse(exported, states, domain)).toEqual(exported);
    const after = startWorldHost();
    const phases = readWorldFile("world.ndjson", textOf(exported.commands), fail);
    expect(await runImport({ phases, send: after.send, head: 0 })).toMatchObject({ ended: "complete", problems: [] });
    expect(differences(states, await statesIn(after.store, domain))).toEqual([]);
    const head = await after.store.head();
    expect(await runImport({ phases, send: after.send, head })).toMatchObject({ ended: "complete", problems: [] });
    expect(await after.store.head()).toBe(head);
    await Promise.all([before.close(), after.close()]);
  });

  test("[A22] of an export is the same export", async () => {
    const before = await worldOf(everything);
    const first = textOf(exportWorld(await statesIn(before.store, domain), domain).commands);
    const after = startWorldHost();
    await runImport({ phases: readWorldFile("w", first, fail), send: after.send, head: 0 });
    expect(textOf(exportWorld(await statesIn(after.store, domain), domain).commands)).toBe(first);
    await Promise.all([before.close(), after.close()]);
  });

  test("[A22] has no player's password, neither as it is sealed nor as its hash, but one that nobody has", async () => {
    const before = await worldOf(everything);
    const text = textOf(exportWorld(await statesIn(before.store, domain), domain).commands);
    expect(text).not.toContain("sealed:");
    expect([...text.matchAll(/\$argon2[^"]*/g)].map(([hash]) => hash)).toEqual([noPassword, noPassword]);
    await before.close();
  });

  test("[A22] says of everything that it cannot carry what it is, and why", () => {
    const thingIn = (id: string, containerId: string | null): ExportedState => ({
      ref: thing(id),
      states: "existing",
      context: { ...initialOf("game-object"), name: id, containerId },
    });
    const playerIn = (id: string, more: Readonly<Record<string, Json>>): ExportedState => ({
      ref: ref("player", id),
      states: "existing",
      context: { ...initialOf("player"), name: id, ...more },
    });
    const exits = { up: { targetRoomId: "attic" }, down: { targetRoomId: "hall" } };
    const states: readonly ExportedState[] = [
      thingIn("a", "game-object/b"),
      thingIn("b", "player/zoe"),
      thingIn("c", "room/attic"),
      thingIn("d", "game-object/nowhere"),
      thingIn("e", null),
      { ref: ref("lantern", "old"), states: "dark", context: {} },
      playerIn("ann", { containerId: "room/attic" }),
      playerIn("bob", { containerId: "room/hall", sitting: { seatId: "e" } }),
      { ref: hall, states: { existing: "cursed" }, context: { ...initialOf("room"), name: "Hall", exits } },
    ];
    const { commands, leftOut } = exportWorld(states, domain);
    expect(commands.map(({ type, target }) => `${type} ${pathOf(target)}`)).toEqual([
      "CreateRoom room/hall",
      "AddRoomExit room/hall",
      "CreatePlayer player/ann",
      "CreatePlayer player/bob",
      "CreateGameObject game-object/e",
    ]);
    expect(leftOut.map(leftOutText).toSorted()).toEqual([
      "game-object/a: it is in game-object/b, which is not exported",
      "game-object/b: it is in player/zoe, which is not exported",
      "game-object/c: it is in room/attic, which is not exported",
      "game-object/d: it is in game-object/nowhere, which is not exported",
      "lantern/old: this world knows no such type",
      "player/ann: its place, room/attic, is no more: it will be nowhere",
      "player/bob: it sits on game-object/e, which is not there any more: it will stand",
      'room/hall: its chart is in the state {"existing":"cursed"}, to which no command is known that leads',
      "room/hall: its exit up leads to room/attic, which is no more",
    ]);
  });
});

describe("a world file", () => {
  const good = textOf([{ phase: "rooms", type: "CreateRoom", target: hall, data: { name: "Hall" } }]);

  test.each([
    ["", "world.ndjson:1: expected the header"],
    ['{"aethyr":"world","format":2}\n', "world.ndjson:1: expected the header"],
    [`${good}not json\n`, "world.ndjson:3: expected a command"],
    [`${good}{"phase":"rooms","type":"CreateRoom","target":"../x","data":{}}\n`, "world.ndjson:3: expected a command"],
    [`${good}{"phase":"rooms","type":"CreateRoom","target":"room/x"}\n`, "world.ndjson:3: expected a command"],
    [`${good}{"phase":"rooms","type":"CreateRoom","target":"room/x","data":{"x":-0}}\n`, "world.ndjson:3: expected a command"],
  ])("[G11] %j is refused with file and line", (text, message) => {
    expect(() => readWorldFile("world.ndjson", text, fail)).toThrow(message);
  });

  test("[G11] read leniently, only the lines that are no commands are left out", () => {
    const complaints: WorldFileError[] = [];
    const phases = readWorldFile("w", `${good}\nnot json\n${good.split("\n")[1]}`, (complaint) => complaints.push(complaint));
    expect(phases.map(({ name, commands }) => [name, commands.length])).toEqual([["rooms", 2]]);
    expect(complaints).toHaveLength(1);
  });

  test("[G3] a command to an aggregate with the longest name has an id that can be", () => {
    const long = ref("room", "x".repeat(128));
    const ids = [{ name: "A" }, { name: "B" }].flatMap((data) =>
      readWorldFile("w", textOf([{ phase: "rooms", type: "CreateRoom", target: long, data }]), fail).flatMap(({ commands }) =>
        commands.map(({ command }: ImportCommand) => command.id),
      ),
    );
    expect(new Set(ids).size).toBe(2);
    for (const id of ids) expect(id.length).toBeLessThanOrEqual(128);
  });
});
