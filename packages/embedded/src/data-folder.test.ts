import { copyFile, mkdir, readdir, readFile, rename, rm, stat, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { startOperatorApi } from "@aethyr/operator";
import { announce, findRunning, markConsole, operatorToken } from "@aethyr/process";
import { writeImmudbFile } from "@aethyr/process/immudb";
import { silentLog } from "@aethyr/runtime";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { hasWorld, prepareDataFolder } from "./data-folder.ts";
import type { World } from "./open-world.ts";
import { createTempWorlds } from "./testing/temp-worlds.ts";

let worlds: Awaited<ReturnType<typeof createTempWorlds>>;
let cwd: string;
beforeEach(async () => {
  worlds = await createTempWorlds();
  ({ cwd } = worlds);
});
afterEach(() => worlds.remove());

const config: (typeof worlds)["config"] = (...args) => worlds.config(...args);
const open: (typeof worlds)["open"] = (...args) => worlds.open(...args);
const modeOf = async (...path: string[]): Promise<string> => ((await stat(join(cwd, ".aethyr", ...path))).mode & 0o777).toString(8);

describe("the data folder", () => {
  test("is for its owner alone", async () => {
    await open();
    await operatorToken(config());
    expect([await modeOf(), await modeOf("operator.token"), await modeOf("world.json")]).toEqual(["700", "600", "600"]);
  });

  test("is not there before a world is opened on it", async () => {
    expect(await hasWorld(config().data)).toBe(false);
    await open();
    expect(await hasWorld(config().data)).toBe(true);
  });

  test("with other things in it is left as it is", async () => {
    await mkdir(join(cwd, "photos"));
    await writeFile(join(cwd, "photos", "cat.jpeg"), "a cat");
    await expect(open(config({ data: "photos" }))).rejects.toMatchObject({
      code: "foreign_data_folder",
      message: expect.stringContaining("cat.jpeg") as string,
    });
    expect(await readdir(join(cwd, "photos"))).toEqual(["cat.jpeg"]);
  });

  test("[A18] of a cluster's console gets no world of its own while the cluster is down", async () => {
    await mkdir(config().data);
    await markConsole(config().data, "aethyr");
    await expect(open()).rejects.toMatchObject({
      code: "cluster_data_folder",
      message: expect.stringContaining("start the cluster") as string,
    });
    expect(await readdir(config().data)).toEqual(["console.json"]);
  });

  test("of another world, of another format, or with a damaged mark is left as it is", async () => {
    await (await open(config({ world: "midgaard" }))).close();
    await expect(open()).rejects.toMatchObject({
      code: "other_world",
      message: expect.stringContaining("AETHYR_WORLD=midgaard") as string,
    });
    await writeFile(join(cwd, ".aethyr", "world.json"), `{"format":2,"world":"aethyr"}`);
    await expect(open()).rejects.toMatchObject({ code: "other_world", message: expect.stringContaining("format 2") as string });
    await writeFile(join(cwd, ".aethyr", "world.json"), "{");
    await expect(open()).rejects.toMatchObject({ code: "foreign_data_folder" });
  });

  test("may hold servers and the settings of an ImmuDB before there is a world in it", async () => {
    await mkdir(join(cwd, ".aethyr", "servers", "immudb"), { recursive: true });
    await writeImmudbFile(config().data, "append-password", "hush");
    await open();
  });

  test("[A18] of a world in ImmuDB begins none in SQLite, and the other way round", async () => {
    await (await open()).close();
    await expect(open(config({ store: "immudb" }))).rejects.toMatchObject({
      code: "other_store",
      message: expect.stringMatching(/AETHYR_STORE=sqlite.*store migrate --from sqlite --to immudb/) as string,
    });
    const file = join(cwd, ".aethyr", "world.json");
    await writeFile(file, (await readFile(file, "utf8")).replace('"sqlite"', '"immudb"'));
    await expect(open()).rejects.toMatchObject({ code: "other_store", message: expect.stringContaining("AETHYR_STORE=immudb") as string });
  });

  test("that is a file, or lies in one, cannot be used", async () => {
    await writeFile(join(cwd, "file"), "");
    await expect(open(config({ data: "file" }))).rejects.toMatchObject({ code: "data_folder_unusable" });
    await expect(hasWorld(join(cwd, "file", "inside"))).rejects.toMatchObject({ code: "data_folder_unusable" });
    await expect(operatorToken(config({ data: "file/inside" }))).rejects.toMatchObject({ code: "data_folder_unusable" });
  });

  test("[A18] with an event log that is no log of ours is left as it is, and let go of", async () => {
    await (await open()).close();
    await writeFile(join(cwd, ".aethyr", "events", "events.sqlite"), "a shopping list");
    await expect(open()).rejects.toMatchObject({ code: "foreign_store" });
    await rm(join(cwd, ".aethyr"), { recursive: true });
    await open();
  });

  test.each(["events", "events/events.sqlite", "keys", "keys/keys.sqlite"])(
    "[G2] that has lost %s is not begun anew: the start is refused until it is back",
    async (lost) => {
      await (await open()).close();
      const aside = join(cwd, "aside");
      await rename(join(cwd, ".aethyr", lost), aside);
      const before = await readdir(join(cwd, ".aethyr"), { recursive: true });
      await expect(open()).rejects.toMatchObject({
        code: "data_missing",
        message: expect.stringMatching(/put it back from a backup, or remove the whole folder/) as string,
      });
      expect(await readdir(join(cwd, ".aethyr"), { recursive: true })).toEqual(before);
      await rename(aside, join(cwd, ".aethyr", lost));
      await open();
    },
  );

  test("[G2] with the log of another start in the place of its own is refused, and opens with its own", async () => {
    await (await open()).close();
    await (await open(config({ data: "other" }))).close();
    const log = join(cwd, ".aethyr", "events", "events.sqlite");
    await rename(log, join(cwd, "aside"));
    await copyFile(join(cwd, "other", "events", "events.sqlite"), log);
    await expect(open()).rejects.toMatchObject({
      code: "data_missing",
      message: expect.stringContaining("put it back from a backup") as string,
    });
    await rename(join(cwd, "aside"), log);
    await open();
  });

  test("whose first start was killed before its log, or its keys, were made is started like a new one", async () => {
    await prepareDataFolder(config());
    await (await open()).close();
    await rm(join(cwd, ".aethyr", "keys"), { recursive: true });
    await writeFile(join(cwd, ".aethyr", "world.json"), `{"format":1,"world":"aethyr"}`);
    await (await open()).close();
    expect(JSON.parse(await readFile(join(cwd, ".aethyr", "world.json"), "utf8"))).toEqual({
      format: 1,
      world: "aethyr",
      log: expect.stringMatching(/^[0-9a-f-]{36}$/) as string,
      store: "sqlite",
      keys: true,
    });
    expect(await modeOf("world.json")).toBe("600");
  });

  test("[A18] that is open already is refused, naming who has it if that is known", async () => {
    const world = await open();
    await expect(open()).rejects.toMatchObject({
      code: "data_folder_in_use",
      message: expect.stringContaining("another process") as string,
    });
    await world.announce("http://127.0.0.1:1");
    await expect(open()).rejects.toMatchObject({
      code: "data_folder_in_use",
      message: expect.stringContaining(`process ${process.pid}`) as string,
    });
  });
});

describe("a running world", () => {
  const serve = async (world: World) =>
    startOperatorApi({ operations: world.operations, port: 0, token: "t", log: silentLog, instance: world.instance });

  test("is found by its folder, until it is closed", async () => {
    const world = await open();
    expect(await findRunning(config().data)).toBeUndefined();
    const api = await serve(world);
    await world.announce(api.url);
    expect(await findRunning(config().data)).toEqual({ instance: world.instance, pid: process.pid, world: "aethyr", url: api.url });
    expect(await modeOf("running.json")).toBe("600");
    await api.close();
    await world.close();
    expect(await readdir(join(cwd, ".aethyr"))).not.toContain("running.json");
  });

  test("is not believed in when its process, its API or its start is another, or its note cannot be read", async () => {
    const world = await open();
    const api = await serve(world);
    const note = { instance: world.instance, pid: process.pid, world: "aethyr", url: api.url };
    const folder = config().data;
    // No process has this id: it is over what systems hand out.
    for (const stale of [
      { ...note, pid: 2 ** 30 },
      { ...note, instance: "an-earlier-start" },
      { ...note, url: "http://127.0.0.1:1" },
    ]) {
      await announce(folder, stale);
      expect(await findRunning(folder)).toBeUndefined();
    }
    await writeFile(join(folder, "running.json"), "{");
    expect(await findRunning(folder)).toBeUndefined();
    await announce(folder, note);
    expect(await findRunning(folder)).toEqual(note);
    await api.close();
  });

  test("in memory does not share its folder with another one", async () => {
    const world = await open(config({ store: "memory" }));
    const api = await serve(world);
    await world.announce(api.url);
    await expect(open(config({ store: "memory" }))).rejects.toMatchObject({ code: "data_folder_in_use" });
    expect(await findRunning(config().data)).toBeDefined();
    await api.close();
  });
});
