import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { runCli } from "./run-cli.ts";
import { createAethyr, type Aethyr } from "./testing/aethyr.ts";
import { removeFolder, temporaryFolder } from "./testing/folders.ts";
import { startWorld, type Started } from "./testing/processes.ts";
import { createIo } from "./testing/test-io.ts";

let cwd: string;
let world: Started;
let aethyr: Aethyr;

beforeAll(async () => {
  cwd = await temporaryFolder();
  const data = join(cwd, "data");
  world = await startWorld(data, { AETHYR_STARTER_WORLD: "false" });
  aethyr = createAethyr({ cwd, data });
  await aethyr(["command", "send", "room/hall", "CreateRoom", "--data", '{"name":"The Hall"}', "--id", "make-hall"]);
});
afterAll(async () => {
  await world[Symbol.asyncDispose]();
  await removeFolder(cwd);
});

test("a history shows by which command, and cuts long data for a person, never for a script", async () => {
  const long = "x".repeat(700);
  await aethyr(["command", "send", "room/long", "CreateRoom", "--data", JSON.stringify({ name: long.slice(0, 60), description: long })]);
  const [heading = "", row = ""] = (await aethyr("aggregate history room/long")).stdout.split("\n");
  expect(heading).toMatch(/command$/);
  expect(row).toMatch(/x… +…\S{8}$/);
  expect(row.length).toBeLessThan(240);
  expect((await aethyr("aggregate history room/long --output ndjson")).stdout).toContain(long);
  expect((await aethyr("aggregate history room/hall")).stdout).toMatch(/^ +1 .* make-hall$/m);
});

test("on a terminal the lines of a text are lines, its control characters still nothing that a terminal obeys", async () => {
  const description = "A great hall.\n   Torches\u001b[2J burn\nhere and there along the walls of it.";
  await aethyr(["command", "send", "room/lines", "CreateRoom", "--data", JSON.stringify({ name: "Lines", description })]);
  const io = createIo({ cwd, env: { AETHYR_DATA: join(cwd, "data"), NO_COLOR: "1" }, terminal: { columns: 40 } });
  await expect(runCli(["aggregate", "show", "room/lines"], io)).resolves.toBe(0);
  expect(io.stdout.text()).toContain(
    "description  A great hall.\n                Torches\\u001b[2J burn\n             here and there along the\n             walls of it.\n",
  );
});

test("an exit is a row of its own, and says where it leads and what its door is", async () => {
  const door = { keywords: ["oak", "door"], description: "", state: "closed" };
  const send = async (type: string, data: object) => aethyr(["command", "send", "room/lobby", type, "--data", JSON.stringify(data)]);
  await send("CreateRoom", { name: "Lobby" });
  await send("AddRoomExit", { direction: "north", targetRoomId: "hall", door, description: "A door.\n" });
  await send("AddRoomExit", { direction: "up", targetRoomId: null });
  const { stdout } = await aethyr("aggregate show room/lobby");
  expect(stdout).toMatch(/^exits north +to room\/hall \(oak closed\): A door\.\nexits up +to nowhere$/m);
  expect(stdout).toMatch(/^attributes +\(none\)$/m);
});

test("a thing says where it is, and where its story goes on", async () => {
  const make = async (id: string, data: object) =>
    aethyr(["command", "send", `game-object/${id}`, "CreateGameObject", "--data", JSON.stringify(data)]);
  await make("guard", { name: "the guard", generic: "mobile", containerId: "room/hall" });
  await make("bag", { name: "a bag", containerId: "game-object/guard" });
  await make("gem", { name: "a gem", containerId: "game-object/bag" });
  await make("hat", { name: "a hat", containerId: "game-object/guard" });
  await aethyr(["command", "send", "game-object/guard", "EquipItem", "--data", '{"itemId":"hat","slot":"head"}']);
  const where = async (path: string) => /^where +(.*)$/m.exec((await aethyr(`aggregate show ${path}`)).stdout)?.[1];
  await expect(where("game-object/hat")).resolves.toBe("worn as head by the guard (game-object/guard), in The Hall (room/hall)");
  await expect(where("game-object/gem")).resolves.toBe(
    "in a bag (game-object/bag), carried by the guard (game-object/guard), in The Hall (room/hall)",
  );
  await expect(where("room/hall")).resolves.toBeUndefined();
  const json = async (line: string) => JSON.parse((await aethyr(`aggregate show ${line} --output json`)).stdout) as object;
  await expect(json("game-object/hat")).resolves.toMatchObject({
    location: [
      { ref: "game-object/guard", name: "the guard", slot: "head" },
      { ref: "room/hall", name: "The Hall" },
    ],
  });
  await expect(json("game-object/hat --at-version 1")).resolves.not.toHaveProperty("location");
  await expect(json("room/hall")).resolves.not.toHaveProperty("location");

  await expect(aethyr("aggregate history game-object/hat")).resolves.toMatchObject({
    code: 0,
    stderr: `wielding and taking off is in the history of game-object/guard, which has it now: npx -y pnpm aethyr aggregate history game-object/guard\n`,
  });
  await expect(aethyr("aggregate history game-object/hat --output json")).resolves.toMatchObject({ stderr: "" });
  await expect(aethyr("aggregate history game-object/guard")).resolves.toMatchObject({ stderr: "" });
});
