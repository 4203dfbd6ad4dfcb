import { rm } from "node:fs/promises";
import { join } from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { createAethyr, lines, type Aethyr } from "./testing/aethyr.ts";
import { folderOfTest, removeFolder, temporaryFolder } from "./testing/folders.ts";
import { startWorld, type Started } from "./testing/processes.ts";

const kept = { AETHYR_READ_MODELS_STORE: "pglite" };
const createRoom = (id: string) => ["command", "send", `room/${id}`, "CreateRoom", "--data", `{"name":"The ${id}"}`];

describe("the read models of a running world", () => {
  let cwd: string;
  let world: Started;
  let aethyr: Aethyr;
  beforeAll(async () => {
    cwd = await temporaryFolder();
    const data = join(cwd, "data");
    aethyr = createAethyr({ cwd, data });
    world = await startWorld(data, { AETHYR_STARTER_WORLD: "false", ...kept });
    for (const id of ["hall", "yard"]) expect(await aethyr(createRoom(id))).toMatchObject({ code: 0 });
    await until(async () => (await names()).length === 2);
  }, 120_000);
  afterAll(async () => {
    await world[Symbol.asyncDispose]();
    await removeFolder(cwd);
  });

  async function names(): Promise<readonly string[]> {
    const asked = await aethyr(["sql", "select id from rooms order by id", "-o", "json"]);
    expect(asked).toMatchObject({ code: 0, stderr: "" });
    return (JSON.parse(asked.stdout) as { id: string }[]).map(({ id }) => id);
  }

  test("[A11] are listed with how far they are, for people and for scripts", async () => {
    const listed = await aethyr("projection list");
    expect(listed).toMatchObject({ code: 0, stderr: "" });
    expect(listed.stdout).toMatch(/^projection +copy +state +position +events +behind +events\/s +left +parked\n/);
    expect(listed.stdout).toMatch(/^rooms +rooms_v1 +active +\d+ +2 +0 +0$/m);
    expect(lines((await aethyr("projection list --output ndjson")).stdout)).toContainEqual(
      expect.objectContaining({ projection: "rooms", active: "rooms_v1", copies: [expect.objectContaining({ lagEvents: 0 })] }),
    );
  });

  test("[A12] [A21] are made anew, compared and put in place; exit codes say what was equal and what was done", async () => {
    const rebuilt = await aethyr("projection rebuild rooms");
    expect(rebuilt).toMatchObject({
      code: 0,
      stderr: "the copy before is kept; it can be removed: npx -y pnpm aethyr projection drop rooms rooms_v1\n",
    });
    expect(rebuilt.stdout).toMatch(/^compared +2 rows, all equal\nin place +yes\nbefore +rooms_v1\n$/m);
    expect(await aethyr("projection drop rooms rooms_v1")).toMatchObject({ code: 0, stdout: "dropped  rooms_v1\n" });
    expect(await aethyr("projection drop rooms rooms_v1_b2")).toMatchObject({
      code: 1,
      stderr: "error: rooms_v1_b2 is the active copy of rooms: switch to another one first\n",
    });

    const kept = lines((await aethyr("projection rebuild rooms --keep -o ndjson")).stdout);
    expect(kept[0]).toEqual({ kind: "made", schema: "rooms_v1_b3" });
    expect(kept.at(-1)).toMatchObject({ kind: "report", report: { switched: false, comparison: null } });
    const compared = await aethyr("projection compare rooms rooms_v1_b3");
    expect(compared).toMatchObject({ code: 0, stderr: "" });
    expect(compared.stdout).toMatch(/^rooms +2 +2 +0 +0 +0$/m);
    expect(await aethyr("projection switch rooms rooms_v1_b3 -o json")).toMatchObject({ code: 0 });
    expect(await aethyr("projection switch rooms rooms_v1_b2 --even-if-behind")).toMatchObject({
      code: 0,
      stdout: "active  rooms_v1_b2\n",
    });

    const past = await aethyr("projection rebuild rooms --until 1");
    expect(past).toMatchObject({ code: 0, stderr: expect.stringContaining("its tables are in the schema rooms_v1_b4") as string });
    await aethyr(createRoom("attic"));
    await until(async () => (await names()).length === 3);
    const differs = await aethyr("projection compare rooms rooms_v1_b4");
    expect(differs.code).toBe(1);
    expect(differs.stderr).toMatch(/^error: rooms_v1_b4 is at position|compared at the same place only/);
  });

  test("say what cannot be done, and that nothing is parked", async () => {
    expect(await aethyr("projection rebuild elves")).toMatchObject({
      code: 1,
      stderr: expect.stringContaining("no projection elves") as string,
    });
    expect(await aethyr("projection skip rooms --reason none")).toMatchObject({
      code: 1,
      stderr: expect.stringContaining("not paused") as string,
    });
    expect(await aethyr("projection resume rooms")).toMatchObject({ code: 0, stdout: "resumed  rooms\n" });
    expect(await aethyr("projection parked")).toMatchObject({ code: 0, stdout: "", stderr: "no events are parked or skipped\n" });
    expect(await aethyr("projection retry rooms --aggregate room/hall")).toMatchObject({ code: 0, stderr: "no events are parked\n" });
    expect(await aethyr("projection retry rooms --aggregate hall")).toMatchObject({ code: 2 });
    expect(await aethyr("projection rebuild rooms --until yesterday")).toMatchObject({ code: 2 });
    expect(await aethyr("projection skip rooms")).toMatchObject({ code: 2 });
  });

  test("answer SQL, and are not changed by it", async () => {
    const asked = await aethyr(["sql", "select id, name, deleted, null as nothing from rooms order by id desc", "--limit", "1"]);
    expect(asked).toEqual({
      code: 0,
      stdout: "id    name      deleted  nothing\nyard  The yard  false\n",
      stderr: "warning: there are more rows than these 1: npx -y pnpm aethyr sql --limit 10000 gives more\n",
    });
    expect(await aethyr(["sql", "select 1 where false"])).toMatchObject({ code: 0, stdout: "", stderr: "no rows\n" });
    expect(JSON.parse((await aethyr(["sql", "select deleted from rooms limit 1", "-o", "json"])).stdout)).toEqual([{ deleted: false }]);
    for (const line of ["delete from rooms", "select 1; delete from rooms", "select * from towers"]) {
      const refused = await aethyr(["sql", line]);
      expect([refused.code, refused.stdout]).toEqual([1, ""]);
    }
    const unknown = (await aethyr(["sql", "select * from towers"])).stderr;
    expect(unknown).toMatch(/^error: relation "towers" does not exist\n {2}there are: .*object_locations, .*rooms.*\n {2}which columns/);
    expect((await aethyr(["sql", "select height from rooms"])).stderr).toMatch(/^error: column "height" does not exist\n {2}which columns/);
    expect((await aethyr(["sql", "drop table rooms"])).stderr).toContain("only a query that reads is run");
    expect(await aethyr("sql")).toMatchObject({ code: 2 });
    expect((await names()).length).toBeGreaterThan(1);
  });
});

test("[A14] the read models of a stopped world are looked at, and not worked on; without any, it is said how to get them", async () => {
  const cwd = await folderOfTest();
  const data = join(cwd, "data");
  const aethyr = createAethyr({ cwd, data });
  expect(await aethyr(createRoom("hall"))).toMatchObject({ code: 0 });
  for (const line of ["projection list", "projection parked", "sql table"])
    expect(await aethyr(line)).toMatchObject({ code: 1, stderr: expect.stringContaining("set readModels.store") as string });
  {
    await using world = await startWorld(data, { AETHYR_STARTER_WORLD: "false", ...kept });
    await until(async () => {
      const asked = await aethyr(["sql", "select * from rooms", "-o", "ndjson"]);
      expect(asked).toMatchObject({ code: 0, stderr: "" });
      return asked.stdout !== "";
    });
    world.process.kill("SIGTERM");
    expect(await world.ended).toBe(0);
  }
  const listed = await aethyr("projection list");
  expect(listed).toMatchObject({ code: 0, stderr: "the world is stopped: nobody works on them\n" });
  expect(listed.stdout).toMatch(/^rooms +rooms_v1 +active +\d+ +1 +0 +0$/m);
  expect((await aethyr(["sql", "select id from rooms"])).stdout).toBe("id\nhall\n");
  expect(await aethyr("projection rebuild rooms")).toMatchObject({
    code: 1,
    stderr: expect.stringContaining("the world is stopped") as string,
  });
  await rm(join(data, "read-models"), { recursive: true });
  expect(await aethyr("projection list")).toMatchObject({ code: 1 });
  const none = { env: { AETHYR_READ_MODELS_STORE: "none" } };
  expect(await aethyr("projection list", none)).toMatchObject({ code: 1, stderr: expect.stringContaining("no read models") as string });
}, 180_000);

/** Waits until a condition holds; the test's own timeout is the bound. Who asks without a pause takes the processor from the one that is asked. */
async function until(holds: () => Promise<boolean>): Promise<void> {
  while (!(await holds())) await delay(50);
}
