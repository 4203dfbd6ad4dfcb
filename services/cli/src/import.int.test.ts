import { mkdir, readdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { InterruptedError } from "./errors.ts";
import { runCli } from "./run-cli.ts";
import { createAethyr, lines, type Aethyr } from "./testing/aethyr.ts";
import { circleWorld, writeCircleWorld } from "./testing/circle-world.ts";
import { folderOfTest, removeFolder, temporaryFolder } from "./testing/folders.ts";
import { startWorld, type Started } from "./testing/processes.ts";
import { createIo } from "./testing/test-io.ts";

type Place = { readonly cwd: string; readonly data: string; readonly aethyr: Aethyr };

/** A folder with a world in `mill`, and one for data where nothing is yet. */
async function place(changed: Partial<typeof circleWorld> = {}): Promise<Place> {
  const cwd = await folderOfTest();
  const data = join(cwd, "data");
  await writeCircleWorld(join(cwd, "mill"), changed);
  return { cwd, data, aethyr: createAethyr({ cwd, data }) };
}

let runningFolder: string;
let running: Started;

beforeAll(async () => {
  runningFolder = await temporaryFolder();
  running = await startWorld(runningFolder, { AETHYR_STARTER_WORLD: "false" });
});
afterAll(async () => {
  await running[Symbol.asyncDispose]();
  await removeFolder(runningFolder);
});

/** The same with the data of one world that runs: each test has a prefix of its own. */
async function placeOfRunning(changed: Partial<typeof circleWorld> = {}): Promise<Place> {
  const { cwd } = await place(changed);
  return { cwd, data: runningFolder, aethyr: createAethyr({ cwd, data: runningFolder }) };
}

const statsOf = async (aethyr: Aethyr): Promise<unknown> => JSON.parse((await aethyr("world stats --output json")).stdout);
/** What depends on the world and not on how often it was opened. */
const counts = { rooms: 2, exits: 2, game_objects: { zone: 1, "mobile-prototype": 1, "object-prototype": 2, mobile: 1, object: 3 } };

test("an import fills the world, tells what it did, and can be done again without doing anything twice", async () => {
  const { aethyr } = await place();
  const first = await aethyr("world import mill");
  expect(first).toMatchObject({ code: 0, stderr: "" });
  expect(first.stdout).toMatch(/^phase +commands +done +there already +refused\nrooms +2 +2 +0 +0\nexits +2 +2 +0 +0\n/);
  const before = await statsOf(aethyr);
  expect(before).toMatchObject(counts);

  const again = await aethyr("world import mill");
  expect(again.stdout).toMatch(/^rooms +2 +0 +2 +0$/m);
  expect(again.stderr).toBe("nothing was new: all of it was in the world already\n");
  expect((await aethyr("world import mill --output json")).stderr).toBe("");
  await expect(statsOf(aethyr)).resolves.toMatchObject({ ...counts, event_count: (before as { event_count: number }).event_count });

  const coin = await aethyr("aggregate show game-object/circle-101-o-101-1");
  expect(coin.stdout).toMatch(/^containerId +game-object\/circle-101-o-100-1$/m);
  expect((await aethyr("aggregate history game-object/circle-101-o-101-1")).stdout).toContain("import");
});

test("the starter world is imported like any other, into an empty world alone if that is asked for, and gone on with if it is not", async () => {
  const { aethyr } = await place();
  const begin = "world import --starter --if-empty";
  expect(await aethyr(begin)).toMatchObject({ code: 0, stderr: "", stdout: expect.stringMatching(/^rooms +\d+ +\d+ +0 +0$/m) });
  expect((await aethyr("aggregate show room/skerrow-quay")).code).toBe(0);
  const before = await statsOf(aethyr);
  expect(await aethyr(begin)).toEqual({ code: 0, stdout: "", stderr: "nothing was sent: the world is not empty\n" });
  expect(JSON.parse((await aethyr(`${begin} --output json`)).stdout)).toMatchObject({ ended: "not_empty" });
  expect((await aethyr("world import --starter")).stderr).toBe("nothing was new: all of it was in the world already\n");
  await expect(statsOf(aethyr)).resolves.toEqual(before);
  for (const line of ["world import", "world import mill --starter", "world import --starter --prefix mine"])
    expect(await aethyr(line)).toMatchObject({ code: 2, stdout: "" });
});

test("a dry run says what would be sent, and sends nothing", async () => {
  const { cwd, aethyr } = await place();
  const table = await aethyr("world import mill --dry-run");
  expect(table).toMatchObject({ code: 0, stderr: "nothing was sent\n" });
  expect(table.stdout).toMatch(/^rooms +2$/m);
  expect(JSON.parse((await aethyr("world import mill --dry-run --output json")).stdout)).toMatchObject({
    dryRun: true,
    records: { rooms: 2, mobs: 1, objects: 2, zones: 1, shops: 0 },
    warnings: [],
  });
  await expect(readdir(cwd)).resolves.toEqual(["mill"]);
});

test("what cannot be read is listed with file and line, all of it, and nothing is sent", async () => {
  const { cwd, aethyr } = await place({
    wld: circleWorld.wld.replace("1 d 0", "1 d 99"),
    obj: circleWorld.obj.replace("8 0 a", "777 0 a"),
  });
  const { code, stdout, stderr } = await aethyr("world import mill");
  expect({ code, stdout }).toEqual({ code: 1, stdout: "" });
  expect(stderr).toMatch(
    /^error: .*mill: 2 parts cannot be read: mend the files, or go on without these parts with --lenient; nothing was sent\n/,
  );
  expect(stderr).toMatch(/^ {2}wld\/1\.wld:\d+: expected .*, found .*$/m);
  expect(stderr).toMatch(/^ {2}obj\/1\.obj:\d+: expected .*, found .*$/m);
  await expect(readdir(cwd)).resolves.toEqual(["mill"]);
});

test("--lenient goes on without these parts, and says which", async () => {
  const { aethyr } = await placeOfRunning({ obj: circleWorld.obj.replace("8 0 a", "777 0 a") });
  const { code, stderr } = await aethyr("world import mill --lenient --prefix lenient");
  expect(code).toBe(0);
  expect(stderr).toMatch(/^warning: obj\/1\.obj:\d+: expected /m);
  await expect(aethyr("aggregate show room/lenient-100")).resolves.toMatchObject({ code: 0 });
});

test("a number that leads nowhere is a warning", async () => {
  const { aethyr } = await place({ wld: circleWorld.wld.replace("0 -1 100", "0 4711 100") });
  const { stderr } = await aethyr("world import mill --dry-run");
  expect(stderr).toMatch(/^warning: wld\/1\.wld:\d+: expected the number of an existing object \(the key\), found 4711$/m);
  const json = await aethyr("world import mill --dry-run --output json");
  expect(json.stderr).toBe("");
  expect(JSON.parse(json.stdout)).toMatchObject({ warnings: [expect.stringContaining("4711")] });
});

test("many warnings are cut short for a person, never for a script", async () => {
  const exits = Array.from({ length: 30 }, (_, n) => `E\nnothing${n}~\nNothing.\n~\n`).join("");
  const resets = Array.from({ length: 30 }, (_, n) => `O 0 ${500 + n} 1 100 nothing\n`).join("");
  const { aethyr } = await place({
    wld: circleWorld.wld.replace("S\n#101", `${exits}S\n#101`),
    zon: circleWorld.zon.replace("S\n$", `${resets}S\n$`),
  });
  const table = await aethyr("world import mill --dry-run");
  expect(table.stderr.match(/^warning: /gm)).toHaveLength(20);
  expect(table.stderr).toMatch(/^… and \d+ more warnings; --output json has them all$/m);
  expect(
    (JSON.parse((await aethyr("world import mill --dry-run --output json")).stdout) as { warnings: unknown[] }).warnings.length,
  ).toBeGreaterThanOrEqual(30);
});

test("what the world refuses makes the import fail, with file and line, and everything else is done", async () => {
  const { aethyr } = await placeOfRunning();
  await aethyr(["command", "send", "room/refused-100", "CreateRoom", "--data", '{"name":"Mine"}']);
  const { code, stdout, stderr } = await aethyr("world import mill --prefix refused");
  expect(code).toBe(1);
  expect(stdout).toMatch(/^rooms +2 +1 +0 +1$/m);
  expect(stderr).toMatch(
    /^wld\/1\.wld:\d+: CreateRoom room\/refused-100: .*\nerror: 1 command was refused, as listed above; everything else is done\n$/,
  );
  const json = await aethyr("world import mill --prefix refused --output json");
  expect(json.code).toBe(1);
  expect(JSON.parse(json.stdout)).toMatchObject({
    ended: "complete",
    problems: [{ kind: "changed", reason: "already_exists" }],
    records: { rooms: 2 },
  });
  await expect(aethyr("aggregate show room/refused-100")).resolves.toMatchObject({ stdout: expect.stringMatching(/^name +Mine$/m) });
});

test("two worlds live side by side under other prefixes; one that cannot begin an id is wrong usage", async () => {
  const { aethyr } = await placeOfRunning();
  for (const prefix of ["a", "b"]) expect((await aethyr(`world import mill --prefix ${prefix}`)).stdout).toMatch(/^rooms +2 +2 +0 +0$/m);
  for (const prefix of ["a", "b"]) expect((await aethyr(`aggregate show room/${prefix}-100`)).stdout).toContain(`${prefix}-101`);
  await expect(aethyr("world import mill --prefix a/b")).resolves.toMatchObject({
    code: 2,
    stderr: expect.stringContaining("cannot begin an id"),
  });
});

test("progress shows on a terminal; Ctrl-C ends the import with 130, and the next run goes on where it was", async () => {
  const { cwd, data, aethyr } = await placeOfRunning();
  const interruption = new AbortController();
  const io = createIo({ cwd, env: { AETHYR_DATA: data }, signal: interruption.signal, terminal: { columns: 100 } });
  io.stderr.on("data", () => {
    if (io.stderr.text().includes("[##")) interruption.abort(new InterruptedError("SIGINT"));
  });
  await expect(runCli(["world", "import", "mill", "--prefix", "ended"], io)).resolves.toBe(130);
  expect(io.stderr.text()).toMatch(/rooms {2}\[#{24}\] {2}2\/2 {2}\d+\/s/);
  expect(io.stderr.text()).toMatch(/the import was interrupted: run it again to go on\n$/);
  expect(io.stdout.text()).toMatch(/rooms +2 +2 +0 +0/);
  const rest = await aethyr("world import mill --prefix ended");
  expect(rest.stdout).toMatch(/^rooms +2 +0 +2 +0\nexits +2 +\d +\d +0\n(?:.+\n)*things in rooms +2 +2 +0 +0$/m);
});

test("a folder without a world, or with one further in, is told from a world", async () => {
  const { cwd, aethyr } = await place();
  await mkdir(join(cwd, "circle", "lib"), { recursive: true });
  await writeCircleWorld(join(cwd, "circle", "lib", "world"));
  await expect(aethyr("world import missing")).resolves.toMatchObject({
    code: 1,
    stderr: expect.stringMatching(/^error: .*missing is no folder: give the folder of a CircleMUD world/),
  });
  await expect(aethyr("world import .")).resolves.toMatchObject({
    code: 1,
    stderr: expect.stringMatching(/is no CircleMUD world, as it has no wld\/index, nor one of DikuMUD, .*: give the folder/),
  });
  await expect(aethyr("world import circle")).resolves.toMatchObject({
    code: 1,
    stderr: expect.stringContaining(`did you mean ${join(cwd, "circle", "lib", "world")}?`),
  });
});

/** The same mill as DikuMUD Alfa keeps it: one file of each kind, all zones in one, shops with lists of fixed length. */
async function writeDikuWorld(folder: string): Promise<void> {
  await mkdir(folder);
  const { wld, mob, obj } = circleWorld;
  const zon = "#1\nThe Mill~\n199 15 2\nM 0 100 1 100\nG 1 101 5\nS\n#2\n$~\n";
  const prose = Array.from({ length: 7 }, (_, index) => `%s Message ${index}.~`).join("\n");
  const shp = `#1~\n101\n-1\n-1\n-1\n-1\n-1\n1.1\n1.0\n5\n0\n0\n0\n0\n${prose}\n0\n0\n100\n0\n100\n0\n28\n0\n0\n$~\n`;
  for (const [kind, text] of Object.entries({ wld, mob, obj, zon, shp }))
    await writeFile(join(folder, `tinyworld.${kind}`), text, "latin1");
}

test("a world of DikuMUD is known by its files, and its shops are kept as data", async () => {
  const { cwd, aethyr } = await placeOfRunning();
  await writeDikuWorld(join(cwd, "diku"));
  const imported = await aethyr("world import diku");
  expect(imported).toMatchObject({ code: 0, stdout: expect.stringMatching(/^shops +1 +1 +0 +0$/m) });
  const shop = JSON.parse((await aethyr("aggregate show game-object/diku-shop-1 --output json")).stdout) as object;
  expect(shop).toMatchObject({
    context: { generic: "shop", name: "the shop of the miller", attributes: { keeper: "diku-mob-100", rooms: ["diku-100"] } },
  });
});

test("the phases of an import are lines in ndjson", async () => {
  const { aethyr } = await placeOfRunning();
  expect(lines((await aethyr("world import mill --prefix lines --output ndjson")).stdout)).toContainEqual({
    name: "rooms",
    total: 2,
    accepted: 2,
    alreadyThere: 0,
    refused: 0,
  });
});
