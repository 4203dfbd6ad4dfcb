import { readdirSync, readFileSync } from "node:fs";
import { world } from "@aethyr/world";
import { describe, expect, test } from "vitest";
import { password, startSmallGame } from "../testing/small-game.ts";
import { command } from "./command.ts";
import { commandTable, findCommand } from "./command-table.ts";
import { rejections } from "./texts/refusals.ts";

type Small = Awaited<ReturnType<typeof startSmallGame>>;
const thing = (small: Small, id: string, containerId: string, attributes: object = {}) =>
  small.make("CreateGameObject", `game-object/${id}`, { name: `a ${id}`, generic: "object", containerId, attributes });

/** For each command what Ann types, in the hall with Bob, a chest with a ring, a hat, a knife and a lamp, as an administrator. */
const scenarios: Readonly<Record<string, readonly string[]>> = {
  go: ["down", "up", "go nowhere", "go", "west"],
  look: [
    "look",
    "look chest",
    "look in chest",
    "look bob",
    "look down",
    "look west",
    "look dragon",
    "look in hat",
    "look stones",
    "look at me",
  ],
  get: [
    "get hat",
    "get ring from chest",
    "get all",
    "get dragon",
    "get",
    "get hat from bob",
    "get all from chest",
    "get pillar",
    "get x from y",
  ],
  inventory: ["i"],
  say: ["say hello", "say"],
  drop: ["get hat", "drop hat", "drop hat", "drop"],
  put: ["get hat", "put hat in chest", "put hat in chest", "put", "put chest in chest", "put all in dragon", "put all in knife"],
  give: ["get hat", "give hat to bob", "give hat bob", "get knife", "give knife to eve", "give"],
  wear: ["get all", "wear hat", "wear hat", "wear all", "wear pillar", "wear knife", "wear"],
  wield: ["get knife", "wield knife", "get axe", "wield axe", "wield hat", "wield"],
  remove: ["get hat", "wear hat", "remove hat", "remove hat", "remove"],
  unwield: ["get knife", "wield knife", "unwield", "unwield"],
  examine: ["examine chest", "examine"],
  equipment: ["eq", "get hat", "wear hat", "eq"],
  exits: ["exits", "close gate", "exits"],
  open: [
    "open gate",
    "open dragon",
    "open",
    "close gate",
    "open gate",
    "open door",
    "unlock gate",
    "open box",
    "open box",
    "open hat",
    "open safe",
  ],
  close: ["close gate", "close north", "open box", "close box", "close box", "close chest", "close hat"],
  lock: ["close gate", "lock gate", "get brass", "lock gate", "lock gate", "open gate", "close gate"],
  unlock: ["unlock gate", "close gate", "get brass", "lock gate", "unlock gate"],
  tell: ["tell bob hello", "tell nobody hello", "tell ann hello", "tell"],
  emote: ["emote waves.", "emote"],
  who: ["who"],
  whereis: ["whereis bob", "whereis nobody", "whereis"],
  sit: ["sit", "sit", "sit on pillar", "sit on pillar", "sit on chest", "sit on dragon"],
  stand: ["sit", "stand", "stand"],
  pose: ["pose is asleep.", "pose is asleep", "pose", "pose"],
  score: ["score"],
  colour: ["colour off", "colour", "color on", "colour blue"],
  setpassword: ["setpassword", password, "another horse", "another horse"],
  help: ["help", "help get", "help exam", "help dragon", "?"],
  stats: ["stats"],
  goto: ["goto cellar", "goto bob", "goto bob", "goto dragon", "goto"],
  quit: ["quit"],
};
/** Commands that others' scenarios begin with, and what these lead to, are not theirs. */
const preparing: Readonly<Record<string, readonly string[]>> = {
  drop: ["get"],
  put: ["get"],
  give: ["get"],
  wear: ["get"],
  wield: ["get"],
  remove: ["get", "wear"],
  unwield: ["get", "wield"],
  equipment: ["get", "wear"],
  exits: ["close"],
  close: ["open"],
  lock: ["get"],
  unlock: ["get"],
  stand: ["sit"],
};

async function startScene(statistics?: () => Promise<Record<string, number>>) {
  const small = await startSmallGame(statistics === undefined ? {} : { game: { statistics } });
  await thing(small, "chest", "room/hall", { type: "container", wearFlags: [] });
  await thing(small, "box", "room/hall", { type: "container", wearFlags: [], values: [10, 5, -1, 0] });
  await thing(small, "safe", "room/hall", { type: "container", wearFlags: [], values: [10, 13, -1, 0] });
  await thing(small, "ring", "game-object/chest", { wearFlags: ["take", "finger"] });
  await thing(small, "hat", "room/hall", { wearFlags: ["take", "head"] });
  await thing(small, "knife", "room/hall", { wearFlags: ["take", "wield"] });
  await thing(small, "axe", "room/hall", { wearFlags: ["take", "wield"] });
  await thing(small, "pillar", "room/hall", { wearFlags: [], seat: true });
  await thing(small, "brass", "room/hall", { keywords: ["brass"], prototype: "brass-key" });
  const gate = { keywords: ["gate"], description: "A heavy gate.", state: "open", keyId: "brass-key" };
  await small.make("AddRoomExit", "room/hall", { direction: "north", targetRoomId: "cellar", door: gate });
  await small.make("AddRoomExit", "room/cellar", { direction: "south", targetRoomId: "hall", door: gate });
  const ann = await small.arrive("Ann");
  const bob = await small.arrive("Bob");
  await small.make("UpdatePlayerAdminStatus", "player/ann", { admin: true });
  await ann.see("You are an administrator now.\n> ");
  return { small, ann, bob };
}

describe("[A10] every command of the game lists the events that it leads to", () => {
  test("and every command has a scenario here", () => {
    expect(Object.keys(scenarios).sort()).toEqual(commandTable.map(({ name }) => name).sort());
  });
  test("and one that sends something lists some, of commands that the world has", () => {
    const known = new Set([...world.aggregates.values()].flatMap((kind) => [...kind.commands.keys()]));
    for (const { name, sends, events } of commandTable) {
      expect(events.length > 0, `${name} sends ${sends.join()} and lists ${events.join()}`).toBe(sends.length > 0);
      for (const each of sends) expect(known).toContain(each);
    }
  });
  test.each(commandTable.map(({ name }) => name))("%s leads to these and no others", async (name) => {
    const { small, ann } = await startScene();
    await using _ = small;
    const before = (await small.eventsBy("player/ann")).length;
    for (const line of scenarios[name]!) {
      ann.type(line);
      // A prompt, a question or the end: whatever comes, it ends a line that was typed.
      await ann.see(/> $|: $|Goodbye/);
    }
    const led = new Set((await small.eventsBy("player/ann")).slice(before));
    const prepared = new Set((preparing[name] ?? []).flatMap((each) => commandTable.find((command) => command.name === each)!.events));
    const { events } = commandTable.find((command) => command.name === name)!;
    for (const event of events) expect([...led], `${name} lists ${event}`).toContain(event);
    for (const event of led) expect([...events, ...prepared], `${name} led to ${event}`).toContain(event);
  });
});

test("[A8] commands of the game know nothing but their types, texts and grammar", () => {
  const folder = new URL("commands/", import.meta.url);
  const files = readdirSync(folder);
  expect(files.length).toBeGreaterThan(20);
  for (const file of files) {
    const source = readFileSync(new URL(file, folder), "utf8");
    // Of what is seen they know the types.
    const code = source.replaceAll(/^import type .* from "\.\.\/(?:sight|view\/seen)\.ts";$/gm, "");
    const imports = [...code.matchAll(/from "([^"]+)"/g)].map(([, specifier]) => specifier!);
    for (const specifier of imports)
      expect(specifier, file).toMatch(/^(?:\.\.\/command\.ts|\.\.\/(?:texts|grammar)\/[a-z-]+\.ts|\.\/[a-z]+\.ts)$/);
    expect(source, file).not.toMatch(/\bimport\(|\brequire\(/);
  }
});

test("[A10] a command of the game cannot be written that sends what it does not declare", () => {
  const entry = { name: "nap", usage: ["nap"], help: "Sits down.", events: ["PlayerSatDown"] };
  const [path, data] = ["player/ann", {}] as const;
  const honest = command({ ...entry, sends: ["SitDown"], run: async ({ send }) => void (await send("SitDown", path, data)) });
  // @ts-expect-error What is not declared is not sent: the compiler says so.
  const sly = command({ ...entry, sends: ["SitDown"], run: async ({ send }) => void (await send("StandUp", path, data)) });
  // @ts-expect-error Nothing declared is nothing sent.
  const mute = command({ ...entry, sends: [], run: async ({ send }) => void (await send("StandUp", path, data)) });
  expect([honest, sly, mute].map(({ sends }) => sends.length)).toEqual([1, 1, 0]);
});

test("every rejection of the world has a sentence, and no other word has", () => {
  const readme = readFileSync(new URL("../../../world/README.md", import.meta.url), "utf8");
  const table = readme.split(/^## /m).find((part) => part.startsWith("Rejections"))!;
  const words = [...table.matchAll(/^\| `(\w+)`/gm)].map(([, word]) => word!);
  expect(words.length).toBeGreaterThan(15);
  expect(Object.keys(rejections).sort()).toEqual([...words, "already_exists"].sort());
  for (const text of Object.values(rejections)) expect(text).toMatch(/^[A-Z].*\.$/);
});

test.each(
  (
    [
      ["n", "go", "n"],
      ["no", "go", "north"],
      ["so", "go", "south"],
      ["we", "go", "west"],
      ["ne", "go", "ne"],
      ["u", "go", "u"],
      ["l", "look"],
      ["LOOK at it", "look"],
      ["g all", "get"],
      ["ta hat", "get"],
      ["i", "inventory"],
      ["inv", "inventory"],
      ["dr all", "drop"],
      ["wea hat", "wear"],
      ["wie hat", "wield"],
      ["re hat", "remove"],
      ["rem hat", "remove"],
      ["ex box", "examine"],
      ["eq", "equipment"],
      ["exi", "exits"],
      ["o gate", "open"],
      ["cl gate", "close"],
      ["c box", "close"],
      ["col off", "colour"],
      ["color on", "colour"],
      ["unl gate", "unlock"],
      ["'hi", "say"],
      ['"hi', "say"],
      [":waves", "emote"],
      ["sa hi", "say"],
      ["t ann hi", "tell"],
      ["wh", "who"],
      ["where", "whereis"],
      ["si", "sit"],
      ["st", "stand"],
      ["stats", "stats"],
      ["sc", "score"],
      ["h", "help"],
      ["ho lamp", "wear"],
      ["he", "help"],
      ["?", "help"],
      ["quit", "quit"],
      ["goto x", "goto"],
    ] as readonly (readonly [string, string, string?])[]
  ).map(([line, name, word = ""]) => ({ line, name, word })),
)("`$line` means $name", ({ line, name, word }) => {
  const found = findCommand(line, commandTable);
  expect(found.kind === "found" && found.command.name).toBe(name);
  if (word !== "") expect(found).toMatchObject({ word });
});

test("what is not to happen by a slip must be written out, and some words mean nothing", () => {
  for (const line of ["q", "qui", "setp"]) expect(findCommand(line, commandTable).kind).toBe("whole");
  for (const line of ["", "  ", "xyzzy", "quite", "lookk"]) expect(findCommand(line, commandTable).kind).toBe("unknown");
});

test("what only administrators know, nobody else can do or read about", async () => {
  await using small = await startSmallGame();
  const ann = await small.arrive("Ann");
  for (const line of ["stats", "goto cellar"]) expect(await ann.do(line)).toContain("Nobody here knows what that means.");
  expect(await ann.do("help goto")).toContain("There is no help about that.");
  expect(await ann.do("help")).not.toContain("stats");
});

test("stats shows the numbers of the store and of the world; without a store's, only those", async () => {
  const { small, ann } = await startScene(async () => ({ event_count: 42, event_types: { RoomCreated: 2 } }) as never);
  await using _ = small;
  const shown = await ann.do("stats");
  for (const line of ["rooms: 2", "things: 9", "players: 2", "online: 2", "event_count: 42", "event_types:", "  RoomCreated: 2"])
    expect(shown).toContain(line);

  const away = await startScene(() => Promise.reject(new Error("away")));
  await using other = away.small;
  await other.settled();
  expect(await away.ann.do("stats")).toContain("no numbers for you now");
});

test("the readme lists every command with what it sends and what that leads to", () => {
  const readme = readFileSync(new URL("../../README.md", import.meta.url), "utf8");
  const table = readme.split(/^###? /m).find((part) => part.startsWith("Commands\n"))!;
  const wordsIn = (cell: string): readonly string[] => [...cell.matchAll(/`([^`]+)`/g)].map(([, word]) => word!);
  const rows = table.split("\n").filter((line) => line.startsWith("| `"));
  expect(
    rows.map((row) => row.split("|").slice(1, -1)).map(([name, , sends, events]) => [wordsIn(name!)[0], wordsIn(sends!), wordsIn(events!)]),
  ).toEqual(commandTable.map(({ name, sends, events }) => [name, sends, events]));
});
