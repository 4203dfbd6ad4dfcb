import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { requireServer } from "@aethyr/servers";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { createAethyr, lines, type Aethyr } from "./testing/aethyr.ts";
import { removeFolder, temporaryFolder } from "./testing/folders.ts";
import { repository } from "./testing/processes.ts";

const immudb = await requireServer("immudb");
const { PATH, HOME, AETHYR_CACHE } = process.env;
const module = join(repository, "docs/guide/index.ts");

describe.skipIf(immudb === undefined)("a world that moves from SQLite to ImmuDB and back", { timeout: 240_000 }, () => {
  const env = { PATH, HOME, AETHYR_CACHE, IMMUDB_BIN: immudb };
  let cwd: string;
  let bare: Aethyr;
  const aethyr = (line: string | readonly string[], more = {}) => bare(line, { env: { ...env, ...more } });

  beforeAll(async () => {
    cwd = await temporaryFolder();
    bare = createAethyr({ cwd, data: join(cwd, "data") });
    expect((await aethyr(`command send lantern/old MakeLantern --modules ${module}`)).code).toBe(0);
    expect((await aethyr("servers start immudb")).code).toBe(0);
    expect((await aethyr("store init")).code).toBe(0);
  });
  afterAll(async () => {
    expect((await aethyr("servers stop immudb")).code).toBe(0);
    await removeFolder(cwd);
  });

  test("is told to name its modules before anything of it is copied", async () => {
    const refused = await aethyr("store migrate --from sqlite --to immudb");
    expect(refused).toMatchObject({ code: 1, stdout: "" });
    expect(refused.stderr).toMatch(/lantern.*name the module that .* in `modules` \(AETHYR_MODULES, --modules\)/);
    const moved = JSON.parse((await aethyr(`store migrate --from sqlite --to immudb --modules ${module} --output json`)).stdout) as object;
    expect(moved).toMatchObject({ moved: true, copied: 1, events: 1 });
  });

  test("is not moved twice, and says where it is", async () => {
    const again = await aethyr(`store migrate --from sqlite --to immudb --modules ${module}`);
    expect(again).toMatchObject({ code: 0, stdout: expect.stringMatching(/is in immudb already: nothing to do$/m) as string });
    expect((await aethyr("log verify")).stdout).toMatch(/^where +ImmuDB, at 127\.0\.0\.1:\d+, database aethyr$/m);
  });

  test("doctor probes where the events are, and says which engine to name", async () => {
    const checks = lines((await aethyr("doctor --output ndjson")).stdout);
    expect(checks).toContainEqual(expect.objectContaining({ check: "store probe", status: "ok" }));
    const advice = expect.stringContaining("AETHYR_STORE=immudb") as string;
    expect(checks).toContainEqual(expect.objectContaining({ check: "store", status: "fail", found: "other_store", advice }));
    expect((await aethyr("doctor", { AETHYR_STORE: "immudb" })).code).toBe(0);
  });

  test("goes back with what has happened meanwhile", async () => {
    const elsewhere = { AETHYR_STORE: "immudb", AETHYR_MODULES: module };
    expect((await aethyr("command send lantern/old BreakLantern", elsewhere)).code).toBe(0);
    const back = await aethyr("store migrate --from immudb --to sqlite", elsewhere);
    expect(back).toMatchObject({ code: 0, stderr: expect.stringContaining("AETHYR_STORE=sqlite") as string });
    expect((await aethyr("store migrate --from immudb --to sqlite", elsewhere)).stdout).toContain("is in sqlite already");
    expect((await aethyr("aggregate history lantern/old")).stdout).toContain("LanternBroken");
  });

  test("[A18] a migration that was killed when its copy was whole already is ended by the next one", async () => {
    await writeFile(join(cwd, "data/events/unfinished-copy.json"), '{"source":"immudb"}\n');
    const refused = await aethyr("command send room/hall CreateRoom");
    expect(refused.stderr).toContain("store migrate --from immudb --to sqlite");
    expect((await aethyr("store migrate --from immudb --to sqlite")).code).toBe(0);
    expect((await aethyr("log verify")).code).toBe(0);
    expect((await aethyr(["command", "send", "room/hall", "CreateRoom", "--data", '{"name":"H"}'])).code).toBe(0);
  });
});
