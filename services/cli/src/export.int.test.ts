import { readFile, stat, writeFile } from "node:fs/promises";
import { existsSync } from "node:fs";
import { join, resolve } from "node:path";
import { expect, test } from "vitest";
import { createAethyr, type Aethyr } from "./testing/aethyr.ts";
import { writeCircleWorld } from "./testing/circle-world.ts";
import { folderOfTest } from "./testing/folders.ts";
import { repository, startWorld } from "./testing/processes.ts";

async function twoWorlds(): Promise<{ readonly cwd: string; readonly one: Aethyr; readonly other: Aethyr }> {
  const cwd = await folderOfTest();
  const world = (name: string) => createAethyr({ cwd, data: join(cwd, name) });
  return { cwd, one: world("one"), other: world("other") };
}

type Rebuilt = { readonly hash: string; readonly aggregates: number };
const rebuilt = async (aethyr: Aethyr): Promise<Rebuilt> => JSON.parse((await aethyr("world rebuild --output json")).stdout) as Rebuilt;

test("[A22] a world that was imported, changed and exported makes an equal one where it is imported, by the hash of all its states", async () => {
  const { cwd, one, other } = await twoWorlds();
  await writeCircleWorld(join(cwd, "mill"));
  await one("world import mill");
  await one(["command", "send", "room/circle-100", "UpdateRoomDescription", "--data", '{"description":"Swept."}']);
  const exported = await one("world export world.ndjson");
  expect(exported).toMatchObject({ code: 0, stderr: "", stdout: expect.stringMatching(/^left out +0$/m) });
  expect((await stat(join(cwd, "world.ndjson"))).mode & 0o777).toBe(0o600);

  const imported = await other("world import world.ndjson");
  expect(imported).toMatchObject({ code: 0, stderr: "" });
  const { hash, aggregates } = await rebuilt(one);
  expect(await rebuilt(other)).toMatchObject({ hash, aggregates });
  expect((await other("world import world.ndjson")).stderr).toBe("nothing was new: all of it was in the world already\n");
  await other("world export again.ndjson");
  expect(await readFile(join(cwd, "again.ndjson"), "utf8")).toBe(await readFile(join(cwd, "world.ndjson"), "utf8"));
});

test("[A22] players and what modules brought are carried too; a player has no password until an operator sets one", async () => {
  const { cwd, one, other } = await twoWorlds();
  const module = join(repository, "docs/guide/index.ts");
  const send = (target: string, type: string, data: object = {}) =>
    one(["command", "send", target, type, "--data", JSON.stringify(data), "--modules", module]);
  const passwordHash = `$argon2id$v=19$m=65536,t=3,p=4$c29tZXNhbHRzb21l$${"B".repeat(43)}`;
  await send("room/hall", "CreateRoom", { name: "The Hall" });
  await send("player/ann", "CreatePlayer", { name: "Ann", passwordHash, containerId: "room/hall" });
  await send("game-object/hat", "CreateGameObject", { name: "a hat", containerId: "player/ann" });
  await send("player/ann", "EquipItem", { itemId: "hat", slot: "head" });
  await send("player/ann", "GrantTitle", { title: "Lamplighter" });
  await send("lantern/old", "MakeLantern", { oil: 40 });
  await send("lantern/old", "LightLantern", { playerId: "ann" });
  const exported = await one(`world export world.ndjson --modules ${module}`);
  expect(exported).toMatchObject({ code: 0, stdout: expect.stringMatching(/^players, without their passwords +1\nleft out +0$/m) });
  expect(await readFile(join(cwd, "world.ndjson"), "utf8")).not.toMatch(/sealed:|BBBB/);

  const imported = await other(`world import world.ndjson --modules ${module}`);
  expect(imported).toMatchObject({
    code: 0,
    stderr: expect.stringMatching(/^1 player comes without a password, .*: npx -y pnpm aethyr password set player\/ann\n$/),
  });
  await other(`world export again.ndjson --modules ${module}`);
  expect(await readFile(join(cwd, "again.ndjson"), "utf8")).toBe(await readFile(join(cwd, "world.ndjson"), "utf8"));
  const states = async (aethyr: Aethyr, path: string) => {
    const { states: active, context } = JSON.parse(
      (await aethyr(`aggregate show ${path} --output json --modules ${module}`)).stdout,
    ) as never;
    return { states: active, context: { ...(context as object), passwordHash: "" } };
  };
  for (const path of ["player/ann", "lantern/old", "game-object/hat", "room/hall"])
    expect(await states(other, path)).toEqual(await states(one, path));

  await expect(other(`password set player/ann --modules ${module}`, { stdin: "correct horse\n" })).resolves.toMatchObject({ code: 0 });
  await expect(other(`password set player/bob --modules ${module}`, { stdin: "correct horse\n" })).resolves.toMatchObject({
    code: 1,
    stderr: expect.stringContaining("not_found"),
  });
});

test("[A22] [A21] what cannot be carried is named and nothing is written; leniently the rest is", async () => {
  const { cwd, one, other } = await twoWorlds();
  const module = join(repository, "services/cli/src/testing/moody-rooms.ts");
  await one(["command", "send", "room/hall", "CreateRoom", "--data", '{"name":"The Hall"}']);
  await one(["command", "send", "room/hall", "ChangeMood", "--modules", module]);
  const stopped = await one(`world export world.ndjson --modules ${module}`);
  expect(stopped).toMatchObject({ code: 1, stdout: "" });
  expect(stopped.stderr).toMatch(
    /^error: 1 thing of this world cannot be exported: .*nothing was written\n {2}room\/hall: its mood is of moody-room, which does not say how it is made again\n$/,
  );
  expect(existsSync(join(cwd, "world.ndjson"))).toBe(false);
  const lenient = await one(`world export world.ndjson --lenient --modules ${module}`);
  expect(lenient).toMatchObject({ code: 0, stderr: expect.stringMatching(/^warning: room\/hall: its mood /) });
  expect((await other("world import world.ndjson")).stdout).toMatch(/^rooms +1 +1 +0 +0$/m);
  // Without the module there is nobody who could tell what a lantern is.
  await one(`command send lantern/old MakeLantern --modules ${join(repository, "docs/guide/index.ts")}`);
  await expect(one("world export more.ndjson")).resolves.toMatchObject({
    code: 1,
    stderr: expect.stringContaining("knows no aggregate type lantern"),
  });
});

test("[G11] a file that is there already is left as it is, and one that is no export is not imported", async () => {
  const { cwd, one, other } = await twoWorlds();
  await one(["command", "send", "room/hall", "CreateRoom", "--data", '{"name":"The Hall"}']);
  await writeFile(join(cwd, "mine.txt"), "mine\n");
  await expect(one("world export mine.txt")).resolves.toMatchObject({ code: 1, stderr: expect.stringContaining("EEXIST") });
  await expect(readFile(join(cwd, "mine.txt"), "utf8")).resolves.toBe("mine\n");
  await expect(one("world import mine.txt")).resolves.toMatchObject({
    code: 1,
    stderr: expect.stringContaining("mine.txt is no file of world export, and no folder"),
  });
  await one("world export world.ndjson");
  await expect(one("world import world.ndjson --prefix mine")).resolves.toMatchObject({ code: 2 });
  await writeFile(join(cwd, "broken.ndjson"), `${await readFile(join(cwd, "world.ndjson"), "utf8")}{"phase":1}\n`);
  await expect(one("world import broken.ndjson")).resolves.toMatchObject({
    code: 1,
    stderr: expect.stringMatching(/1 part cannot be read: .*\n {2}broken\.ndjson:3: expected a command/),
  });
  await expect(other("world import broken.ndjson --lenient")).resolves.toMatchObject({
    code: 0,
    stderr: expect.stringContaining("warning:"),
  });
});

test("[A22] a running world is exported as it is at one moment, over its API", async () => {
  const { cwd, other } = await twoWorlds();
  const data = resolve(cwd, "running");
  await using _ = await startWorld(data);
  const running = createAethyr({ cwd, data });
  expect(await running("world export starter.ndjson")).toMatchObject({ code: 0 });
  expect(await other("world import starter.ndjson")).toMatchObject({ code: 0, stderr: "" });
  expect((await rebuilt(other)).hash).toBe((await rebuilt(running)).hash);
});
