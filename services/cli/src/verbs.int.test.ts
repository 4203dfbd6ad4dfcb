import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { createAethyr, lines, type Aethyr } from "./testing/aethyr.ts";
import { removeFolder, temporaryFolder } from "./testing/folders.ts";
import { startWorld, type Started } from "./testing/processes.ts";

// Against a world that runs: opening a stopped one takes longer than everything else here. That a stopped one gives the same output is the
// matter of stopped.int.test.ts.
let cwd: string;
let world: Started;
let aethyr: Aethyr;

beforeAll(async () => {
  cwd = await temporaryFolder();
  const data = join(cwd, "data");
  world = await startWorld(data, { AETHYR_STARTER_WORLD: "false" });
  aethyr = createAethyr({ cwd, data });
  const made = await aethyr([
    "command",
    "send",
    "room/hall",
    "CreateRoom",
    "--data",
    '{"name":"The Hall","description":"Two\\nlines."}',
    "--id",
    "make-hall",
  ]);
  expect(made).toMatchObject({ code: 0, stderr: "" });
  await aethyr(["command", "send", "room/hall", "UpdateRoomDescription", "--data", '{"description":"Dust."}', "--actor", "ann"]);
});
afterAll(async () => {
  await world[Symbol.asyncDispose]();
  await removeFolder(cwd);
});

test("a command takes effect, and the same id again gives the same reply and no second effect", async () => {
  const line = ["command", "send", "room/yard", "CreateRoom", "--data", '{"name":"The Yard"}', "--id", "make-yard", "--output", "json"];
  const first = await aethyr(line);
  const again = await aethyr(line);
  expect(first).toMatchObject({ code: 0, stderr: "" });
  expect(JSON.parse(first.stdout)).toMatchObject({
    code: "accepted",
    command: "make-yard",
    changed: [{ stream: { type: "room", id: "yard" }, version: 1 }],
  });
  expect(again).toEqual(first);
  expect(lines((await aethyr("aggregate history room/yard --output ndjson")).stdout)).toHaveLength(1);
});

test("aggregate show tells what it is now, and what it was", async () => {
  const shown = await aethyr("aggregate show room/hall");
  expect(shown).toMatchObject({ code: 0, stderr: "" });
  expect(shown.stdout).toMatch(/^aggregate +room\/hall\nversion +2\nstate +existing\nlast event +RoomDescriptionUpdated, .*\nby +ann\n/);
  const before = await aethyr("aggregate show room/hall --at-version 1");
  expect(before.stdout).toMatch(/^description +Two\n +lines\.$/m);
  expect(JSON.parse((await aethyr("aggregate show room/hall --output json")).stdout)).toMatchObject({
    ref: { type: "room", id: "hall" },
    version: 2,
    status: "active",
    context: { name: "The Hall", description: "Dust." },
  });
  expect(lines((await aethyr("aggregate show room/hall --output ndjson")).stdout)).toMatchObject([{ version: 2 }]);
});

test("aggregate history lists its events, either way, as many as wanted", async () => {
  const versions = async (more: string) =>
    lines((await aethyr(`aggregate history room/hall --output ndjson${more}`)).stdout).map(
      (event) => (event as { version: number }).version,
    );
  await expect(versions("")).resolves.toEqual([1, 2]);
  await expect(versions(" --backward")).resolves.toEqual([2, 1]);
  await expect(versions(" --limit 1")).resolves.toEqual([1]);
  await expect(versions(" --backward --limit 1")).resolves.toEqual([2]);
  expect((await aethyr("aggregate history room/hall")).stdout.split("\n")[0]).toMatch(
    /^version +time +event +by +why +story +data +command$/,
  );
  expect(JSON.parse((await aethyr("aggregate history room/hall --output json")).stdout)).toMatchObject([
    { type: "RoomCreated" },
    { type: "RoomDescriptionUpdated", meta: { actor: "ann" } },
  ]);
});

test("world stats counts, and its JSON is the whole object", async () => {
  const { code, stdout } = await aethyr("world stats --output json");
  expect(code).toBe(0);
  expect(JSON.parse(stdout)).toMatchObject({
    rooms: expect.any(Number),
    exits: 0,
    players: 0,
    aggregate_types: { room: expect.any(Number) },
    event_types: { RoomDescriptionUpdated: 1 },
  });
  expect((await aethyr("world stats")).stdout).toMatch(/^rooms +\d+$/m);
});

test("events tail gives the newest events, those after a position, or the whole log", async () => {
  const types = async (more: string) =>
    lines((await aethyr(`events tail --output ndjson${more}`)).stdout).map((event) => event as { type: string; position: number });
  const all = await types(" --after 0");
  expect(all.slice(0, 2).map(({ type }) => type)).toEqual(["RoomCreated", "RoomDescriptionUpdated"]);
  await expect(types("")).resolves.toEqual(all);
  await expect(types(" --last 1")).resolves.toEqual(all.slice(-1));
  await expect(types(" --last 0")).resolves.toEqual([]);
  await expect(types(` --after ${all[0]?.position ?? 0}`)).resolves.toEqual(all.slice(1));
  expect(JSON.parse((await aethyr("events tail --output json")).stdout)).toEqual(all);
  expect((await aethyr("events tail")).stdout.split("\n")[0]).toMatch(/^ *position +time +aggregate +version +event +by +data$/);
});

test.each([
  ["aggregate show room/nowhere", /^error: there is no room\/nowhere\n$/],
  ["aggregate show room/hall --at-version 99", /^error: room\/hall has not come to version 99: it is at version 2\n$/],
  ["aggregate history room/nowhere", /^error: there is no room\/nowhere\n$/],
  [
    "aggregate show dragon/smaug",
    /^error: there is no dragon\/smaug, and nothing here knows an aggregate type dragon: name the module .*AETHYR_MODULES or --modules, where/,
  ],
  ["command list dragon", /^error: nothing here knows an aggregate type dragon: .*; it knows game-object, player, room\n$/],
])("`%s` fails with one clear line and no data", async (line, text) => {
  const { code, stdout, stderr } = await aethyr(line);
  expect({ code, stdout }).toEqual({ code: 1, stdout: "" });
  expect(stderr).toMatch(text);
});

test.each([
  "aggregate show hall",
  "aggregate show room/../x",
  "world stats --nonsense",
  "nonsense",
  "events tail --last many",
  "world",
  "aggregate show",
])("`%s` is wrong usage: exit code 2, nothing on standard output", async (line) => {
  await expect(aethyr(line)).resolves.toMatchObject({ code: 2, stdout: "", stderr: expect.stringMatching(/\S/) });
});

test("a typing mistake gets a suggestion", async () => {
  expect((await aethyr("world stat")).stderr).toContain("Did you mean stats?");
});

test("a command that the world refuses fails, says why, and gives its reply where JSON is wanted", async () => {
  const line = ["command", "send", "room/hall", "CreateRoom", "--data", '{"name":"Again"}'];
  const refused = await aethyr(line);
  expect(refused).toMatchObject({ code: 1, stdout: "" });
  expect(refused.stderr).toMatch(/^error: already_exists: /);
  const json = await aethyr([...line, "--output", "json"]);
  expect(json.code).toBe(1);
  expect(JSON.parse(json.stdout)).toMatchObject({ code: "rejected", reason: "already_exists" });
});

test("a command with wrong fields fails and names each of them", async () => {
  const { code, stderr } = await aethyr(["command", "send", "room/new", "CreateRoom", "--data", '{"colour":"red"}']);
  expect(code).toBe(1);
  expect(stderr).toMatch(/^error: invalid_input: .*name.*colour/);
  expect(stderr.split("name:")).toHaveLength(2);
});

test("a command's data comes from a file or from standard input, and must be JSON", async () => {
  await writeFile(join(cwd, "lamp.json"), '{"name":"a lamp","generic":"lamp"}');
  await expect(aethyr("command send game-object/lamp CreateGameObject --data @lamp.json")).resolves.toMatchObject({ code: 0 });
  await expect(aethyr("command send game-object/rope CreateGameObject --data -", { stdin: '{"name":"a rope"}' })).resolves.toMatchObject({
    code: 0,
  });
  await expect(aethyr("command send game-object/x CreateGameObject --data @missing.json")).resolves.toMatchObject({
    code: 2,
    stderr: expect.stringContaining("missing.json"),
  });
  await expect(aethyr("command send game-object/x CreateGameObject --data {")).resolves.toMatchObject({
    code: 2,
    stderr: expect.stringContaining("--data is no JSON value"),
  });
  await expect(aethyr("command send game-object/x CreateGameObject --data -", { stdin: "x" })).resolves.toMatchObject({
    code: 2,
    stderr: expect.stringContaining("standard input is no JSON value"),
  });
  await expect(aethyr("command send game-object/x CreateGameObject --id /")).resolves.toMatchObject({ code: 2 });
});
