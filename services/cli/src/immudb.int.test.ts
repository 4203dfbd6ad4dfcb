import { chmod, readFile, rm, stat, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { requireServer } from "@aethyr/servers";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { createAethyr, lines, type Aethyr } from "./testing/aethyr.ts";
import { circleWorld, writeCircleWorld } from "./testing/circle-world.ts";
import { folderOfTest, removeFolder, temporaryFolder } from "./testing/folders.ts";
import { startWorld } from "./testing/processes.ts";

const immudb = await requireServer("immudb");
const { PATH, HOME, AETHYR_CACHE } = process.env;

describe.skipIf(immudb === undefined)("a world on the ImmuDB of its data folder", () => {
  const env = { PATH, HOME, AETHYR_CACHE, IMMUDB_BIN: immudb, AETHYR_STORE: "immudb" };
  let cwd: string;
  let data: string;
  let bare: Aethyr;
  const aethyr: Aethyr = (line, options = {}) => bare(line, { ...options, env: { ...env, ...options.env } });

  beforeAll(async () => {
    cwd = await temporaryFolder();
    data = join(cwd, "data");
    bare = createAethyr({ cwd, data });
    await writeCircleWorld(join(cwd, "circle"), circleWorld);
  });
  afterAll(async () => {
    expect((await aethyr("servers stop immudb")).code).toBe(0);
    await removeFolder(cwd);
  });

  test("store init needs a server and its administrator", async () => {
    expect(await aethyr("store init")).toMatchObject({ code: 1, stderr: expect.stringContaining("servers start immudb") as string });
    expect((await aethyr("store init --address nonsense")).code).toBe(2);
    expect((await aethyr("servers start immudb")).code).toBe(0);
    expect((await stat(data)).mode & 0o777).toBe(0o700);
    expect(await aethyr("store init --address 127.0.0.1:1")).toMatchObject({
      code: 1,
      stderr: expect.stringContaining("--admin-password-file") as string,
    });
    expect(await aethyr("store init --admin-password-file -", { stdin: "wrong\n" })).toMatchObject({
      code: 1,
      stderr: expect.stringContaining("does not let immudb use") as string,
    });
  });

  test("store init makes what a world needs, and shows no password", async () => {
    const { code, stdout, stderr } = await aethyr("store init");
    expect(code).toBe(0);
    expect(stdout).toMatch(/^user +aethyr_append \(may read and append\), created$/m);
    const file = join(data, "immudb", "append-password");
    expect(stderr).toContain(`AETHYR_IMMUDB_PASSWORD_FILE=${file}`);
    expect(stdout + stderr).not.toContain((await readFile(file, "utf8")).trim());
    const again = await aethyr("store init --output json");
    expect(JSON.parse(again.stdout)).toMatchObject({
      databases: [{ state: "existed" }, { state: "existed" }],
      settings: { AETHYR_STORE: "immudb", AETHYR_IMMUDB_USERNAME: "aethyr_append" },
    });
    await rm(join(data, "immudb", "read-password"));
    expect((await aethyr("store init")).stderr).toContain("--new-passwords gives it a new one");
    expect((await aethyr("store init --new-passwords")).code).toBe(0);
  });

  test("a world is imported, shown and told as on SQLite, stopped and running", { timeout: 240_000 }, async () => {
    const folder = await folderOfTest();
    const onSqlite = createAethyr({ cwd: folder, data: join(folder, "data") });
    for (const run of [onSqlite, aethyr]) expect((await run(["world", "import", join(cwd, "circle"), "--lenient"])).code).toBe(0);
    // Whoever has a world in SQLite already is told that it has to be moved first.
    const [server] = JSON.parse((await aethyr("servers status immudb --output json")).stdout) as {
      address: string;
      adminPasswordFile: string;
    }[];
    const { stderr } = await onSqlite(`store init --address ${server?.address} --admin-password-file ${server?.adminPasswordFile}`);
    expect(stderr).toContain("stop it and move it first, with\n  npx -y pnpm aethyr store migrate --from sqlite --to immudb\n");
    const questions = ["world stats --output json", "aggregate show room/circle-100", "aggregate history room/circle-100 --output ndjson"];
    const ask = async (run: Aethyr) => {
      const answers: unknown[] = [];
      for (const line of questions) answers.push(comparable((await run(line)).stdout));
      return answers;
    };
    const expected = await ask(onSqlite);
    expect(await ask(aethyr)).toEqual(expected);
    await using world = await startWorld(data, { ...env, AETHYR_STARTER_WORLD: "false" });
    expect(await ask(aethyr)).toEqual(expected);
    expect((await aethyr("log verify")).code).toBe(0);
    expect((await aethyr("aggregate verify room/circle-100 --out e.json")).code).toBe(0);
    expect(await bare("store backup b")).toMatchObject({ code: 1, stderr: expect.stringContaining("in ImmuDB") as string });
    world.process.kill("SIGTERM");
    await expect(world.ended).resolves.toBe(0);
    expect((await aethyr("evidence check e.json --checkpoints data/checkpoints.ndjson")).code).toBe(0);
  });

  test("without word of ImmuDB is refused, and told where it is", async () => {
    expect(await bare("world stats")).toMatchObject({ code: 1, stderr: expect.stringContaining("AETHYR_STORE=immudb") as string });
    expect((await bare("log verify")).code).toBe(0);
  });

  test("[G10] doctor looks at connection, rights and a probe", async () => {
    const checks = lines((await aethyr("doctor --output ndjson")).stdout) as { check: string; status: string }[];
    for (const check of ["immudb connection", "immudb rights", "store probe", "store"])
      expect(checks).toContainEqual(expect.objectContaining({ check, status: "ok" }));
    const file = join(data, "immudb", "read-password");
    const reader = { AETHYR_IMMUDB_USERNAME: "aethyr_read", AETHYR_IMMUDB_PASSWORD_FILE: file };
    const { code, stderr } = await aethyr("doctor", { env: reader });
    expect(code).toBe(1);
    expect(stderr).toMatch(/failed: immudb rights, store probe/);
    const away = lines((await aethyr("doctor --output ndjson", { env: { AETHYR_IMMUDB_ADDRESS: "127.0.0.1:1" } })).stdout);
    expect(away).toContainEqual(expect.objectContaining({ check: "immudb connection", status: "fail", found: "immudb_unreachable" }));
  });

  test("[A18] with a journal goes on while the server is stopped, says so, and has all of it in the log afterwards", async () => {
    const journal = { ...env, AETHYR_OUTAGE: "journal" };
    await using world = await startWorld(data, { ...journal, AETHYR_STARTER_WORLD: "false" });
    const send = (description: string) =>
      aethyr(["command", "send", "room/circle-101", "UpdateRoomDescription", "--data", JSON.stringify({ description })]);
    expect((await send("Before.")).code).toBe(0);
    expect((await aethyr("servers stop immudb")).code).toBe(0);
    expect((await send("During.")).stdout).toMatch(/^reply +accepted, provisionally/m);
    expect((await aethyr("servers start immudb")).code).toBe(0);
    const newest = async () =>
      lines((await aethyr("aggregate history room/circle-101 --output ndjson")).stdout).at(-1) as { data: object; position: number };
    await expect.poll(async () => (await newest()).position, { timeout: 60_000 }).toBeGreaterThan(0);
    expect(await newest()).toMatchObject({ data: { description: "During." } });
    expect(await aethyr("store quarantine")).toMatchObject({ code: 0, stderr: "nothing was put aside\n" });
    world.process.kill("SIGTERM");
    await expect(world.ended).resolves.toBe(0);
    expect((await aethyr("log verify")).code).toBe(0);
  });

  test("who only verifies needs no data folder, and no right to write", async () => {
    const folder = await folderOfTest();
    const file = join(folder, "password");
    await writeFile(file, await readFile(join(data, "immudb", "read-password")));
    await chmod(file, 0o600);
    const [address = ""] = /^127\S+/m.exec((await aethyr("servers status immudb --output json")).stdout.replaceAll('"', "\n")) ?? [];
    const elsewhere = createAethyr({ cwd: folder, data: join(folder, "none") });
    const verified = await elsewhere("log verify", {
      env: {
        AETHYR_STORE: "immudb",
        AETHYR_IMMUDB_ADDRESS: address,
        AETHYR_IMMUDB_USERNAME: "aethyr_read",
        AETHYR_IMMUDB_PASSWORD_FILE: file,
      },
    });
    expect(verified).toMatchObject({ code: 0, stdout: expect.stringMatching(/^log +aethyr$/m) as string });
  });
});

/** Without what differs from one import to the next, from one engine to another, and by who has read what. */
function comparable(text: string): unknown {
  const told = text.replaceAll(/\d{4}-\d\d-\d\dT[\d:.]+Z/g, "(time)").replaceAll(/"position":\d+/g, '"position":0');
  if (!told.startsWith("{")) return told;
  const ofThisProcess = /^(?:head|events_\w+|snapshots_\w+|\w+_failures)$/;
  return lines(told.replaceAll(/\n(?!\{"id")/g, "")).map((value) =>
    Object.fromEntries(Object.entries(value as object).filter(([name]) => !ofThisProcess.test(name))),
  );
}
