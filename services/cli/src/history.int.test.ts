import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { createAethyr, lines, type Aethyr } from "./testing/aethyr.ts";
import { removeFolder, temporaryFolder } from "./testing/folders.ts";
import { startWorld, type Started } from "./testing/processes.ts";

let cwd: string;
let world: Started;
let aethyr: Aethyr;
/** When the events of the hall were recorded. */
let times: readonly string[];

type Meta = { readonly actor?: string; readonly story?: string; readonly why?: string };

beforeAll(async () => {
  cwd = await temporaryFolder();
  const data = join(cwd, "data");
  world = await startWorld(data, { AETHYR_STARTER_WORLD: "false" });
  aethyr = createAethyr({ cwd, data });
  let number = 0;
  const send = async (target: string, type: string, of: object, meta: Meta = {}) => {
    number += 1;
    const more = Object.entries({ id: `c${number}`, ...meta }).flatMap(([name, value]) => [`--${name}`, value]);
    const sent = await aethyr(["command", "send", target, type, "--data", JSON.stringify(of), ...more]);
    expect(sent).toMatchObject({ code: 0 });
    // The next one is recorded later than this one.
    const sentMs = Date.now();
    while (Date.now() === sentMs) await new Promise(setImmediate);
  };
  await send("room/hall", "CreateRoom", { name: "The Hall" }, { actor: "ann" });
  await send("room/hall", "UpdateRoomDescription", { description: "Dust." }, { actor: "bob", story: "spring", why: "a letter" });
  await send("room/hall", "AddRoomExit", { direction: "up", targetRoomId: null }, { story: "spring" });
  times = lines((await aethyr("aggregate history room/hall --output ndjson")).stdout).map((event) => (event as { time: string }).time);
  await send("game-object/cook", "CreateGameObject", { name: "the cook", generic: "mobile", containerId: "room/hall" });
  await send("game-object/bag", "CreateGameObject", { name: "a bag", containerId: "game-object/cook" });
  await send("game-object/hat", "CreateGameObject", { name: "a hat", containerId: "room/hall" });
  await send("game-object/hat", "UpdateGameObjectContainer", { containerId: "game-object/cook" }, { actor: "ann", why: "the cold" });
  await send("game-object/cook", "EquipItem", { itemId: "hat", slot: "head" });
});
afterAll(async () => {
  await world[Symbol.asyncDispose]();
  await removeFolder(cwd);
});

test("[G9] aggregate show tells who, why and in which story, now and at a time", async () => {
  const shown = await aethyr(`aggregate show room/hall --at-time ${times[1]}`);
  expect(shown).toMatchObject({ code: 0, stderr: "" });
  expect(shown.stdout).toMatch(
    /^version +2\nstate +existing\nlast event +RoomDescriptionUpdated, .*\nby +bob\nwhy +a letter\nstory +spring\ncommand +c2\n/m,
  );
  const first = await aethyr(["aggregate", "show", "room/hall", "--at-time", times[0]!.replace("Z", "+00:00"), "--output", "json"]);
  expect(JSON.parse(first.stdout)).toMatchObject({ version: 1, context: { description: "" } });
  expect((await aethyr("aggregate show room/hall --at-time -0s")).stdout).toMatch(/^version +3$/m);
});

test("[G9] at a time, a thing is where it was then", async () => {
  const [, moved] = lines((await aethyr("aggregate history game-object/hat --output ndjson")).stdout) as readonly {
    readonly time: string;
  }[];
  const where = async (more: string) => /^where +(.*)$/m.exec((await aethyr(`aggregate show game-object/hat${more}`)).stdout)?.[1];
  await expect(where("")).resolves.toBe("worn as head by the cook (game-object/cook), in The Hall (room/hall)");
  await expect(where(` --at-time ${moved?.time}`)).resolves.toBe("carried by the cook (game-object/cook), in The Hall (room/hall)");
});

test("[G11] before an aggregate began it was not there, and the message says since when it is", async () => {
  const { code, stderr } = await aethyr("aggregate show room/hall --at-time 2001-01-01");
  expect(code).toBe(1);
  expect(stderr).toBe(`error: there was no room/hall at 2001-01-01T00:00:00.000Z: it begins at ${times[0]}\n`);
});

test.each([
  "aggregate show room/hall --at-time yesterday",
  "aggregate show room/hall --at-time 2026-02-31T99:00",
  "aggregate show room/hall --at-time -10y",
  "aggregate show room/hall --at-time 2026-11-21 --at-version 1",
  "aggregate diff room/hall",
  "aggregate diff room/hall --from soon",
  "aggregate diff room/hall --from 1 --to 0",
])("[G11] `%s` is wrong usage", async (line) => {
  await expect(aethyr(line)).resolves.toMatchObject({ code: 2, stdout: "", stderr: expect.stringMatching(/\S/) });
});

test("aggregate history has who, why and story, and can be asked for one story", async () => {
  const table = (await aethyr("aggregate history room/hall")).stdout;
  expect(table).toMatch(/^version +time +event +by +why +story +data +command$/m);
  expect(table).toMatch(/^ +2 .* bob +a letter +spring +\{.*\} +c2$/m);
  const versions = async (more: string) =>
    lines((await aethyr(`aggregate history room/hall --output ndjson${more}`)).stdout).map(
      (event) => (event as { version: number }).version,
    );
  await expect(versions(" --story spring")).resolves.toEqual([2, 3]);
  await expect(versions(" --story spring --backward --limit 1")).resolves.toEqual([3]);
  await expect(aethyr("aggregate history room/hall --story autumn")).resolves.toEqual({
    code: 0,
    stdout: "",
    stderr: "room/hall has no part in autumn\n",
  });
});

test("[G9] aggregate diff tells field by field what changed, and by which events", async () => {
  const table = await aethyr("aggregate diff room/hall --from 1");
  expect(table).toMatchObject({ code: 0, stderr: "" });
  expect(table.stdout).toMatch(
    /^field +before +after +by version\ndescription +"" +Dust\. +2\nexits up +\(none\) +\{"targetRoomId":null\} +3\n\n/,
  );
  expect(table.stdout).toMatch(/^ +2 .* RoomDescriptionUpdated +bob +a letter +spring +c2$/m);
  const json = await aethyr(`aggregate diff room/hall --from ${times[0]} --to ${times[1]} --output json`);
  expect(JSON.parse(json.stdout)).toMatchObject({
    from: 1,
    to: 2,
    changes: [{ path: "/context/description", before: "", after: "Dust.", by: [2] }],
    events: [{ version: 2, meta: { command: "c2", actor: "bob" } }],
  });
  expect((await aethyr("aggregate diff room/hall --from 0 --to 1")).stdout).toMatch(/^state +absent +existing +1$/m);
});

test("[G9] of a list, the table tells what came and what went, JSON the whole", async () => {
  const cook = "aggregate diff game-object/cook --from 2";
  expect((await aethyr(cook)).stdout).toMatch(/^equipment head +\(none\) +hat +4$/m);
  expect((await aethyr(`${cook} --to 3`)).stdout).toMatch(/^items +\["bag"\] +\+hat +3$|^items + \+hat +3$/m);
  expect(JSON.parse((await aethyr(`${cook} --to 3 --output json`)).stdout)).toMatchObject({
    changes: [{ path: "/context/items", before: ["bag"], after: ["bag", "hat"] }],
  });
});

test.each([
  ["aggregate diff room/hall --from 2 --to 9", "error: room/hall has not come to version 9: it is at version 3\n"],
  ["aggregate diff room/hall --from 9", "error: room/hall has not come to version 9: it is at version 3\n"],
  ["aggregate diff room/nowhere --from 1", "error: there is no room/nowhere\n"],
  ["aggregate diff room/hall --from 3 --to 2", "error: version 3 is after version 2: name the earlier one first\n"],
  ["aggregate custody room/hall", "error: room/hall is nothing that anybody has: ask about a thing or a player\n"],
  ["aggregate custody game-object/nothing", "error: there is no game-object/nothing\n"],
])("[G11] `%s` fails with one clear line", async (line, stderr) => {
  await expect(aethyr(line)).resolves.toEqual({ code: 1, stdout: "", stderr });
});

test("where nothing changed, that is said", async () => {
  await expect(aethyr("aggregate diff room/hall --from 2 --to 2")).resolves.toEqual({
    code: 0,
    stdout: "",
    stderr: "nothing happened to room/hall between version 2 and version 2\n",
  });
});

test("[G8] aggregate custody lists who had a thing from when to when, worn times included", async () => {
  const table = (await aethyr("aggregate custody game-object/hat")).stdout;
  expect(table).toMatch(/^holder +from +until +event +by +why +command\nroom\/hall +\S+Z +\S+Z +GameObjectCreated +operator +c6\n/);
  expect(table).toMatch(
    /^game-object\/cook +\S+Z +now +GameObjectContainerUpdated +ann +the cold +c7\n {2}worn as head +\S+Z +now +ItemEquipped +operator +c8$/m,
  );
  const custody = JSON.parse((await aethyr("aggregate custody game-object/hat --output json")).stdout) as object;
  expect(custody).toMatchObject({
    ref: { type: "game-object", id: "hat" },
    holdings: [
      { holder: { id: "hall" }, worn: [] },
      { holder: { id: "cook" }, worn: [{ slot: "head", from: { meta: { command: "c8" } } }] },
    ],
  });
  expect(lines((await aethyr("aggregate custody game-object/hat --output ndjson")).stdout)).toHaveLength(2);
  await aethyr("command send game-object/hat DeleteGameObject --data {}");
  await expect(aethyr("aggregate custody game-object/hat")).resolves.toMatchObject({ code: 0, stderr: "game-object/hat was deleted\n" });
});
