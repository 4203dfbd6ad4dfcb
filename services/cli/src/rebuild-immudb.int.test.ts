import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { requireServer } from "@aethyr/servers";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { createAethyr, type Aethyr } from "./testing/aethyr.ts";
import { writeCircleWorld } from "./testing/circle-world.ts";
import { removeFolder, temporaryFolder } from "./testing/folders.ts";
import { startWorld } from "./testing/processes.ts";

const immudb = await requireServer("immudb");
const { PATH, HOME, AETHYR_CACHE } = process.env;
const modules = fileURLToPath(new URL("./testing/moody-rooms.ts", import.meta.url));

describe.skipIf(immudb === undefined)("a rebuild of a world on ImmuDB", () => {
  const env = { PATH, HOME, AETHYR_CACHE, IMMUDB_BIN: immudb, AETHYR_STORE: "immudb" };
  let cwd: string;
  let data: string;
  let onSqlite: Aethyr;
  let onImmudb: Aethyr;

  beforeAll(async () => {
    cwd = await temporaryFolder();
    data = join(cwd, "immudb");
    onSqlite = createAethyr({ cwd, data: join(cwd, "sqlite") });
    const bare = createAethyr({ cwd, data });
    onImmudb = (line, options = {}) => bare(line, { ...options, env: { ...env, ...options.env } });
    await writeCircleWorld(join(cwd, "mill"));
    for (const line of ["servers start immudb", "store init"]) expect(await onImmudb(line)).toMatchObject({ code: 0 });
  }, 120_000);
  afterAll(async () => {
    expect((await onImmudb("servers stop immudb")).code).toBe(0);
    await removeFolder(cwd);
  });

  /** What a rebuild counts, and the hash of the world, without how long it took. */
  async function rebuilt(aethyr: Aethyr): Promise<object> {
    const { code, stdout } = await aethyr("world rebuild --output json");
    expect(code).toBe(0);
    const { aggregates, events, streams, equal, different, failed, hash, complete, bad } = JSON.parse(stdout) as Record<string, unknown>;
    return { aggregates, events, streams, equal, different, failed, hash, complete, bad };
  }

  test("[A13] [A17] counts and finds what it does on SQLite for the same import, stopped and running", { timeout: 240_000 }, async () => {
    for (const aethyr of [onSqlite, onImmudb]) expect(await aethyr("world import mill")).toMatchObject({ code: 0 });
    const expected = await rebuilt(onSqlite);
    expect(expected).toMatchObject({ complete: true, different: 0, failed: 0, bad: [] });
    expect(await rebuilt(onImmudb)).toEqual(expected);
    await using world = await startWorld(data, { ...env, AETHYR_STARTER_WORLD: "false" });
    expect(await rebuilt(onImmudb)).toEqual(expected);
    world.process.kill("SIGTERM");
    await expect(world.ended).resolves.toBe(0);
  });

  test("[A13] [A21] names the one actor that holds something else, fails, and makes it anew if asked", { timeout: 240_000 }, async () => {
    await using world = await startWorld(data, { ...env, AETHYR_STARTER_WORLD: "false", AETHYR_MODULES: modules });
    const touch = (id: string) => ["command", "send", `room/${id}`, "UpdateRoomDescription", "--data", '{"description":"Swept."}'];
    for (const id of ["circle-100", "circle-101"]) expect(await onImmudb(touch(id))).toMatchObject({ code: 0 });
    expect(await onImmudb("command send room/circle-101 ChangeMood")).toMatchObject({ code: 0 });
    const { code, stdout, stderr } = await onImmudb("world rebuild --output json");
    expect([code, stderr]).toEqual([1, "error: the world is not what its events make it: room/circle-101, as its report says\n"]);
    expect(JSON.parse(stdout)).toMatchObject({
      failed: 0,
      live: { different: 1 },
      bad: [{ stream: { type: "room", id: "circle-101" }, what: "live", code: "differs" }],
    });
    // Its module is what is wrong: made anew from the same events it is yet another state.
    expect(await onImmudb("world rebuild --clear")).toMatchObject({
      code: 1,
      stderr: expect.stringContaining("also after it was made anew"),
    });
    world.process.kill("SIGTERM");
    await expect(world.ended).resolves.toBe(0);
  });
});
