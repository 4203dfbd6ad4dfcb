import { chmod, mkdir, readdir, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { InterruptedError } from "./errors.ts";
import { createAethyr, lines, type Aethyr } from "./testing/aethyr.ts";
import { contentsOf, folderOfTest, removeFolder, temporaryFolder } from "./testing/folders.ts";
import { repository, startWorld } from "./testing/processes.ts";

describe("a world that is stopped", () => {
  let cwd: string;
  let data: string;
  let aethyr: Aethyr;

  beforeAll(async () => {
    cwd = await temporaryFolder();
    data = join(cwd, "data");
    aethyr = createAethyr({ cwd, data });
  });
  afterAll(async () => removeFolder(cwd));

  test("is made by the first command, and gives the same answers as when it runs", async () => {
    const made = await aethyr(["command", "send", "room/hall", "CreateRoom", "--data", '{"name":"The Hall"}', "--id", "make-hall"]);
    expect(made).toMatchObject({ code: 0, stderr: "" });
    const questions = [
      "aggregate show room/hall",
      "aggregate history room/hall --output ndjson",
      "aggregate show room/nowhere",
      "events tail --output ndjson",
      "command send room/hall CreateRoom --id again --output ndjson",
    ];
    const ask = async () => {
      const answers = [];
      for (const line of questions) {
        const { stdout, ...rest } = await aethyr(line);
        answers.push({ ...rest, stdout: line.includes("json") ? lines(stdout) : stdout });
      }
      return answers;
    };
    const stopped = await ask();
    await using world = await startWorld(data, { AETHYR_STARTER_WORLD: "false" });
    await expect(ask()).resolves.toEqual(stopped);
    expect(stopped.map(({ code }) => code)).toEqual([0, 0, 1, 0, 1]);
    world.process.kill("SIGTERM");
    await expect(world.ended).resolves.toBe(0);
  });

  test("nothing can be followed, and nobody waits for it", async () => {
    await expect(aethyr("events tail --follow")).resolves.toMatchObject({
      code: 1,
      stderr: expect.stringContaining("the world is stopped"),
    });
    await expect(aethyr("events tail --follow --output json")).resolves.toMatchObject({
      code: 2,
      stderr: expect.stringContaining("--output ndjson"),
    });
  });

  test("what a module brought is not shown without the module, and the person is told so", async () => {
    const module = join(repository, "docs/guide/index.ts");
    await expect(aethyr(`command send lantern/old MakeLantern --modules ${module}`)).resolves.toMatchObject({ code: 0 });
    await expect(aethyr(`aggregate show lantern/old --modules ${module}`)).resolves.toMatchObject({ code: 0 });
    await expect(aethyr("aggregate show lantern/old")).resolves.toEqual({
      code: 1,
      stdout: "",
      stderr: "error: nothing here knows an aggregate type lantern: name the module that it comes from with AETHYR_MODULES or --modules\n",
    });
    const checks = (await aethyr("doctor --output ndjson")).stdout;
    expect(checks).toMatch(/"check":"modules","status":"warn","found":"missing for lantern, LanternMade/);
    // What happened can be read without any rules.
    expect((await aethyr("aggregate history lantern/old")).stdout).toContain("LanternMade");
  });

  test("an aggregate of ours that a module has added to is not read without the module, and the person is told what to do", async () => {
    const cwd = await folderOfTest();
    const other = createAethyr({ cwd, data: join(cwd, "data") });
    const module = join(repository, "docs/guide/index.ts");
    const ann = JSON.stringify({
      name: "Ann",
      passwordHash: "$argon2id$v=19$m=65536,t=3,p=4$c29tZXNhbHRzb21l$MTIzNDU2Nzg5MDEyMzQ1Njc4OTAxMjM0NTY3ODkwMTI",
    });
    for (const [type, data] of [
      ["CreatePlayer", ann],
      ["GrantTitle", '{"title":"Lamplighter"}'],
    ] as const)
      expect((await other(["command", "send", "player/ann", type, "--data", data, "--modules", module])).code).toBe(0);
    const shown = await other("aggregate show player/ann");
    expect(shown).toMatchObject({ code: 1, stdout: "" });
    expect(shown.stderr).toMatch(
      /^error: player\/ann: TitleGranted v1 cannot be read: .*name the module that it comes from in `modules` \(AETHYR_MODULES\)/,
    );
    const sent = await other(["command", "send", "player/ann", "UpdatePlayerAdminStatus", "--data", '{"admin":true}']);
    expect(sent).toMatchObject({ code: 1, stdout: "" });
    expect(sent.stderr).toMatch(/^error: unreadable_event: /m);
    expect(sent.stderr).toMatch(/name it with AETHYR_MODULES or --modules/);
  });

  test("no actor is in memory", async () => {
    await expect(aethyr("actors list --output json")).resolves.toEqual({
      code: 0,
      stdout: "[]\n",
      stderr: "the world is stopped: no actors are in memory\n",
    });
  });

  test("a signal ends a call before anything is done: exit code 130, and no word of an error", async () => {
    const signal = AbortSignal.abort(new InterruptedError("SIGINT"));
    await expect(aethyr("world stats", { signal })).resolves.toEqual({ code: 130, stdout: "", stderr: "" });
    const send = await aethyr("command send game-object/x CreateGameObject --data -", { signal });
    expect(send.code).toBe(130);
  });

  test("[A21] doctor finds nothing wrong, reads the log, and leaves every file as it was", async () => {
    await rm(join(data, "checkpoints.ndjson"));
    const before = await contentsOf(data);
    const { code, stdout } = await aethyr("doctor --output json", { env: { PATH: process.env["PATH"], HOME: process.env["HOME"] } });
    expect(code).toBe(0);
    expect(JSON.parse(stdout)).toEqual(
      expect.arrayContaining([
        expect.objectContaining({ check: "node", status: "ok" }),
        expect.objectContaining({ check: "data folder", status: "ok" }),
        expect.objectContaining({ check: "process", status: "ok", found: "stopped" }),
        expect.objectContaining({ check: "store", status: "ok", found: expect.stringMatching(/^\d+ events of \d+ aggregates/) }),
      ]),
    );
    for (const line of ["world stats", "aggregate show room/hall", "aggregate history room/hall", "events tail", "actors list"])
      expect((await aethyr(line)).code).toBe(0);
    expect(await contentsOf(data)).toEqual(before);
  });
});

describe("where there is no world yet", () => {
  test("a question fails, says what to do, and makes nothing", async () => {
    const cwd = await folderOfTest();
    const { code, stdout, stderr } = await createAethyr({ cwd, data: join(cwd, "data") })("world stats");
    expect({ code, stdout }).toEqual({ code: 1, stdout: "" });
    expect(stderr).toMatch(
      /^error: there is no world in .*: start one with "npx -y pnpm start", or choose its folder with --data-folder; a cluster is asked while .*\n$/,
    );
    await expect(readdir(cwd)).resolves.toEqual([]);
  });

  test("a back-up of a log in ImmuDB, such as a cluster's, is refused with where that is told", async () => {
    const cwd = await folderOfTest();
    const refused = await createAethyr({ cwd, data: join(cwd, "data") })("store backup b", { env: { AETHYR_STORE: "immudb" } });
    expect(refused).toMatchObject({
      code: 1,
      stderr: expect.stringMatching(/^error: the log of this world is in ImmuDB, .*cluster\.md/) as string,
    });
    await expect(readdir(cwd)).resolves.toEqual([]);
  });

  test.each([
    ["command send room/x UpdateRoomDescription", /^error: there is no world in .*: start one with "npx -y pnpm start"/],
    ["command send dragon/x Hatch", /^error: there is no world in /],
  ])("%s, which could only be refused, makes none", async (line, said) => {
    const cwd = await folderOfTest();
    const { code, stdout, stderr } = await createAethyr({ cwd, data: join(cwd, "data") })(line);
    expect({ code, stdout }).toEqual({ code: 1, stdout: "" });
    expect(stderr).toMatch(said);
    await expect(readdir(cwd)).resolves.toEqual([]);
  });

  test("doctor is content, and makes nothing either", async () => {
    const cwd = await folderOfTest();
    const { code, stdout } = await createAethyr({ cwd, data: join(cwd, "a", "data") })("doctor");
    expect(code).toBe(0);
    expect(stdout).toContain("not made yet");
    await expect(readdir(cwd)).resolves.toEqual([]);
  });

  test("a world in memory must run to be asked", async () => {
    const cwd = await folderOfTest();
    const aethyr = createAethyr({ cwd, data: join(cwd, "data") });
    const env = { AETHYR_STORE: "memory" };
    await expect(aethyr("command send room/x CreateRoom", { env })).resolves.toMatchObject({
      code: 1,
      stderr: expect.stringContaining("keeps the world in memory, and no process runs it"),
    });
    await expect(aethyr("doctor", { env })).resolves.toMatchObject({ code: 0, stdout: expect.stringContaining("in memory only") });
  });
});

describe("what doctor finds wrong", () => {
  test("a token that others can read, a folder that is open to others, a binary that is none: each with what to do", async () => {
    const cwd = await folderOfTest();
    const data = join(cwd, "data");
    await mkdir(data, { mode: 0o750 });
    await chmod(data, 0o750);
    await writeFile(join(data, "operator.token"), "x", { mode: 0o640 });
    const { code, stdout, stderr } = await createAethyr({ cwd, data })("doctor --output ndjson", {
      env: { NATS_SERVER_BIN: join(cwd, "none"), AETHYR_CACHE: cwd },
    });
    expect(code).toBe(1);
    expect(stderr).toBe("error: failed: token, nats; do what the list says, then run doctor again\n");
    expect(lines(stdout)).toEqual(
      expect.arrayContaining([
        expect.objectContaining({ check: "data folder", status: "warn", advice: `chmod 700 ${data}` }),
        expect.objectContaining({ check: "token", status: "fail", advice: expect.stringContaining("chmod 600") }),
        expect.objectContaining({ check: "nats", status: "fail", advice: expect.stringContaining("NATS_SERVER_BIN") }),
        expect.objectContaining({ check: "immudb", status: "warn", advice: expect.stringContaining("servers install immudb") }),
      ]),
    );
  });

  test("a store that is not ours", async () => {
    const cwd = await folderOfTest();
    const data = join(cwd, "data");
    const aethyr = createAethyr({ cwd, data });
    await aethyr(["command", "send", "room/x", "CreateRoom", "--data", '{"name":"An X"}']);
    await writeFile(join(data, "events", "events.sqlite"), "this is no database of ours");
    const { code, stdout } = await aethyr("doctor --output ndjson");
    expect(code).toBe(1);
    expect(lines(stdout)).toContainEqual(expect.objectContaining({ check: "store", status: "fail", found: "foreign_store" }));
  });

  test("a file where the data folder should be, and a configuration that cannot be used", async () => {
    const cwd = await folderOfTest();
    await writeFile(join(cwd, "data"), "");
    const aethyr = createAethyr({ cwd, data: join(cwd, "data") });
    const file = await aethyr("doctor --output ndjson");
    expect(lines(file.stdout)).toContainEqual(
      expect.objectContaining({ check: "data folder", status: "fail", found: expect.stringContaining("is no folder") }),
    );
    const wrong = await aethyr("doctor --output ndjson", { env: { AETHYR_API_PORT: "99999" } });
    expect(wrong.code).toBe(1);
    expect(lines(wrong.stdout).map((check) => (check as { check: string }).check)).toEqual(["node", "configuration", "nats", "immudb"]);
  });
});
