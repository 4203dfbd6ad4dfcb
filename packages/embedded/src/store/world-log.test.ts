import { readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { verifyLog } from "@aethyr/proof";
import { silentLog } from "@aethyr/runtime";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { storeOfWorld } from "../data-folder.ts";
import { createRoom, createTempWorlds } from "../testing/temp-worlds.ts";
import { backUpWorld, restoreWorld } from "./back-up-world.ts";
import { migrateWorld } from "./migrate-world.ts";
import { openBackup, openLog } from "./open-log.ts";
import { quarantineOf } from "./quarantine-of.ts";

let worlds: Awaited<ReturnType<typeof createTempWorlds>>;
beforeEach(async () => {
  worlds = await createTempWorlds();
});
afterEach(() => worlds.remove());

const config = (flags: Readonly<Record<string, string>> = {}) => worlds.config({ "starter-world": "false", ...flags });

async function worldWithHall(): Promise<void> {
  const world = await worlds.open(config());
  await world.operations.sendCommands([createRoom("hall")]);
  await world.close();
}

describe("the log of a world in SQLite", () => {
  test("[G10] is read and verified beside the world that writes it", async () => {
    const world = await worlds.open(config());
    await world.operations.sendCommands([createRoom("hall")]);
    const log = await openLog(config(), "sqlite");
    expect(await verifyLog(log.proof)).toMatchObject({ ok: true });
    expect(await log.faults()).toEqual([]);
    await log.close();
  });

  test("is backed up from a running world, and restored where there is none", { timeout: 120_000 }, async () => {
    const world = await worlds.open(config());
    await world.operations.sendCommands([createRoom("hall")]);
    const file = join(worlds.cwd, "events.backup");
    const { logId } = await backUpWorld(config(), file, {});
    await expect(backUpWorld(config(), file, {})).rejects.toMatchObject({ code: "foreign_store" });
    await expect(restoreWorld(config(), file, {})).rejects.toMatchObject({ code: "data_folder_in_use" });
    const backup = await openBackup(file);
    expect(await verifyLog(backup.proof)).toMatchObject({ ok: true });
    await backup.close();
    await world.close();
    await expect(restoreWorld(config(), file, {})).rejects.toMatchObject({ code: "foreign_store" });

    rmSync(join(config().data, "events"), { recursive: true });
    expect(await restoreWorld(config(), file, {})).toMatchObject({ logId });
    expect((await (await worlds.open(config())).operations.worldStats()).rooms).toBe(1);
    await restoreWorld(config({ data: "another" }), file, {});
    expect((await (await worlds.open(config({ data: "another" }))).operations.worldStats()).rooms).toBe(1);
  });

  test("[A18] of another world is not restored into a folder that remembers its own", async () => {
    await worldWithHall();
    const file = join(worlds.cwd, "events.backup");
    await backUpWorld(config(), file, {});
    const other = config({ data: "other" });
    await (await worlds.open(other)).close();
    rmSync(join(other.data, "events"), { recursive: true });
    await expect(restoreWorld(other, file, {})).rejects.toMatchObject({ code: "other_log" });
  });

  test("of a world that is elsewhere cannot be backed up from its folder", async () => {
    await worldWithHall();
    const file = join(config().data, "world.json");
    writeFileSync(file, readFileSync(file, "utf8").replace('"sqlite"', '"immudb"'));
    expect(await storeOfWorld(config().data)).toBe("immudb");
    await expect(backUpWorld(config(), join(worlds.cwd, "b"), {})).rejects.toMatchObject({ code: "other_store" });
  });

  test("is copied into another folder, and the world stays where it is", { timeout: 120_000 }, async () => {
    await worldWithHall();
    const to = { kind: "sqlite", directory: join(worlds.cwd, "copy") } as const;
    expect(await migrateWorld({ log: silentLog, config: config(), from: { kind: "sqlite" }, to })).toMatchObject({
      copied: 1,
      moved: false,
    });
    expect(await migrateWorld({ log: silentLog, config: config(), from: { kind: "sqlite" }, to })).toMatchObject({ copied: 0, events: 1 });
    const there = config({ data: "there" });
    expect(await migrateWorld({ log: silentLog, config: there, from: to, to: { kind: "sqlite" } })).toMatchObject({
      copied: 1,
      moved: true,
    });
    expect((await (await worlds.open(there)).operations.worldStats()).rooms).toBe(1);
  });

  test("without a journal has nothing that was put aside", async () => {
    await worldWithHall();
    expect(await quarantineOf(config().data)).toBeUndefined();
    expect(await storeOfWorld(config().data)).toBe("sqlite");
    expect(await storeOfWorld(join(worlds.cwd, "none"))).toBeUndefined();
  });
});
