import { readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { InterruptedError } from "./errors.ts";
import { runCli } from "./run-cli.ts";
import { createAethyr, lines, type Aethyr } from "./testing/aethyr.ts";
import { folderOfTest, removeFolder, temporaryFolder } from "./testing/folders.ts";
import { startAethyr, startWorld, type Started } from "./testing/processes.ts";
import { createIo } from "./testing/test-io.ts";

describe("a world that runs", () => {
  let cwd: string;
  let data: string;
  let world: Started;
  let aethyr: Aethyr;

  beforeAll(async () => {
    cwd = await temporaryFolder();
    data = join(cwd, "data");
    world = await startWorld(data, { AETHYR_STARTER_WORLD: "false" });
    aethyr = createAethyr({ cwd, data });
  });
  afterAll(async () => {
    await world[Symbol.asyncDispose]();
    await removeFolder(cwd);
  });

  test("says so when no actors are in memory", async () => {
    await expect(aethyr("actors list")).resolves.toEqual({
      code: 0,
      stdout: "",
      stderr: "no actors are in memory: one is as soon as it gets a command\n",
    });
  });

  test("answers through its operator API: send, show, history, stats, actors", async () => {
    const sent = await aethyr(["command", "send", "game-object/lamp", "CreateGameObject", "--data", '{"name":"a lamp","generic":"lamp"}']);
    expect(sent).toMatchObject({ code: 0, stderr: "" });
    expect((await aethyr("aggregate show game-object/lamp")).stdout).toMatch(/^name +a lamp$/m);
    expect(lines((await aethyr("aggregate history game-object/lamp --output ndjson")).stdout)).toMatchObject([
      { type: "GameObjectCreated" },
    ]);
    expect(JSON.parse((await aethyr("world stats --output json")).stdout)).toMatchObject({ game_objects: { lamp: 1 }, event_count: 1 });
    expect((await aethyr("actors list")).stdout).toMatch(/^game-object\/lamp +ready +1 +0 +\d+\.\d s$/m);
    expect(lines((await aethyr("actors list --output ndjson")).stdout)).toMatchObject([
      { ref: { type: "game-object", id: "lamp" }, state: "ready" },
    ]);
  });

  test("lists no more actors than a person reads, and says how many there are; for a script all of them", async () => {
    const rooms = Array.from({ length: 51 }, (_, n) => n);
    await Promise.all(rooms.map(async (n) => aethyr(["command", "send", `room/actor-${n}`, "CreateRoom", "--data", '{"name":"A Cell"}'])));
    const all = lines((await aethyr("actors list --output ndjson")).stdout);
    expect(all.length).toBeGreaterThanOrEqual(51);
    const table = await aethyr("actors list");
    expect(table.stdout.trimEnd().split("\n")).toHaveLength(51);
    expect(table.stderr).toBe(`50 of ${all.length} actors; all of them: npx -y pnpm aethyr actors list --limit ${all.length}\n`);
    const everyone = await aethyr(`actors list --limit ${all.length}`);
    expect(everyone.stderr).toBe("");
    expect(everyone.stdout.trimEnd().split("\n")).toHaveLength(all.length + 1);
    expect(lines((await aethyr("actors list --limit 2 --output ndjson")).stdout)).toHaveLength(2);
  });

  test("is followed: events show as they happen, until Ctrl-C, which is no failure of anybody", async () => {
    const interruption = new AbortController();
    const io = createIo({ cwd, env: { AETHYR_DATA: data }, signal: interruption.signal });
    const following = runCli(["events", "tail", "--last", "0", "--follow", "--output", "ndjson"], io);
    const theLast = Promise.withResolvers<void>();
    io.stdout.on("data", () => {
      if (io.stdout.text().includes("The Last")) theLast.resolve();
    });
    // Sent until one shows: when the call begins to follow is its own affair.
    for (let n = 1; io.stdout.text() === ""; n += 1) {
      await aethyr(["command", "send", `room/cell-${n}`, "CreateRoom", "--data", '{"name":"A Cell"}']);
    }
    await aethyr(["command", "send", "room/last", "CreateRoom", "--data", '{"name":"The Last"}']);
    await theLast.promise;
    interruption.abort(new InterruptedError("SIGINT"));
    await expect(following).resolves.toBe(130);
    expect(io.stderr.text()).toBe("");
    const seen = lines(io.stdout.text()) as { position: number; data: unknown }[];
    expect(seen.map(({ position }) => position)).toEqual(seen.map(({ position }) => position).toSorted((one, other) => one - other));
    expect(seen.at(-1)?.data).toMatchObject({ name: "The Last" });
  });

  test("Ctrl-C at a real process ends it with 130, what it showed stays", async () => {
    await using tail = startAethyr(["events", "tail", "--last", "1", "--follow"], { AETHYR_DATA: data });
    await tail.shows("room/last");
    tail.process.kill("SIGINT");
    await expect(tail.ended).resolves.toBe(130);
    expect(tail.stderr()).toBe("");
  });

  test("doctor sees the process and its store", async () => {
    const checks = lines((await aethyr("doctor --output ndjson")).stdout);
    expect(checks).toContainEqual(
      expect.objectContaining({ check: "process", status: "ok", found: expect.stringMatching(/^\d+ serves http:\/\/127\.0\.0\.1:\d+$/) }),
    );
    expect(checks).toContainEqual(expect.objectContaining({ check: "store", status: "ok" }));
    expect(checks).toContainEqual(expect.objectContaining({ check: "token", status: "ok" }));
  });

  test("its token is never shown, not even to who asks loudly", async () => {
    const token = (await readFile(join(data, "operator.token"), "utf8")).trim();
    for (const line of [
      "config show --verbose --output json",
      "doctor --verbose",
      "world stats --verbose --output json",
      "aggregate show room/nowhere --verbose",
    ]) {
      const { stdout, stderr } = await aethyr(line);
      expect(stdout + stderr).not.toContain(token);
    }
  });

  test("a call with another token is turned away, and told what to do", async () => {
    const { code, stdout, stderr } = await aethyr("world stats", { env: { AETHYR_API_TOKEN: "not-the-token-of-it" } });
    expect({ code, stdout }).toEqual({ code: 1, stdout: "" });
    expect(stderr).toMatch(/^error: the world does not take this token: .*AETHYR_API_TOKEN/);
    await expect(aethyr("doctor", { env: { AETHYR_API_TOKEN: "not-the-token-of-it" } })).resolves.toMatchObject({ code: 1 });
  });
});

describe("a world that ran", () => {
  test("whoever follows it when it stops is told so", async () => {
    const cwd = await folderOfTest();
    const data = join(cwd, "data");
    await using world = await startWorld(data, { AETHYR_STARTER_WORLD: "false" });
    const aethyr = createAethyr({ cwd, data });
    await aethyr(["command", "send", "room/x", "CreateRoom", "--data", '{"name":"An X"}']);
    await using tail = startAethyr(["events", "tail", "--follow"], { AETHYR_DATA: data });
    await tail.shows("room/x");
    world.process.kill("SIGTERM");
    await expect(world.ended).resolves.toBe(0);
    await expect(tail.ended).resolves.toBe(1);
    expect(tail.stderr()).toMatch(/^error: .*world/);
    expect((await aethyr("world stats")).stdout).toMatch(/^rooms +1$/m);
  });

  test("after a kill -9 the next call opens the world itself", async () => {
    const cwd = await folderOfTest();
    const data = join(cwd, "data");
    const aethyr = createAethyr({ cwd, data });
    await using world = await startWorld(data, { AETHYR_STARTER_WORLD: "false" });
    await aethyr(["command", "send", "room/x", "CreateRoom", "--data", '{"name":"An X"}']);
    world.process.kill("SIGKILL");
    await world.ended;
    await expect(readFile(join(data, "running.json"), "utf8")).resolves.toContain("http://");
    await expect(aethyr("aggregate show room/x")).resolves.toMatchObject({ code: 0, stdout: expect.stringMatching(/^name +An X$/m) });
  });

  test("one that has its folder but does not answer yet is waited for", async () => {
    const cwd = await folderOfTest();
    const data = join(cwd, "data");
    await using world = await startWorld(data, { AETHYR_STARTER_WORLD: "false" });
    expect(world.process.exitCode).toBeNull();
    const address = join(data, "running.json");
    const announced = await readFile(address, "utf8");
    await writeFile(address, "");
    const io = createIo({ cwd, env: { AETHYR_DATA: data } });
    const isWaiting = Promise.withResolvers<void>();
    io.stderr.on("data", () => isWaiting.resolve());
    const sent = runCli(["command", "send", "room/x", "CreateRoom", "--data", '{"name":"An X"}'], io);
    await isWaiting.promise;
    await writeFile(address, announced);
    await expect(sent).resolves.toBe(0);
    expect(io.stderr.text()).toBe("another process has the world and does not answer yet: waiting for it\n");
    expect(io.stdout.text()).toMatch(/^changed +room\/x to version 1$/m);
  });

  test("a folder that a process has open without a word is not opened twice", async () => {
    const cwd = await folderOfTest();
    const data = join(cwd, "data");
    await using world = await startWorld(data, { AETHYR_STARTER_WORLD: "false" });
    expect(world.process.exitCode).toBeNull();
    await writeFile(join(data, "running.json"), "");
    await expect(createAethyr({ cwd, data })("world stats")).resolves.toMatchObject({
      code: 1,
      stdout: "",
      stderr: expect.stringContaining("is in use by"),
    });
  });
});
