import { readFileSync, rmSync, writeFileSync } from "node:fs";
import { randomUUIDv7 } from "node:crypto";
import { join } from "node:path";
import { ref } from "@aethyr/kernel";
import type { CommandEnvelope } from "@aethyr/protocol";
import { ensureServer, openUnrulyLine, startImmudb, type RunningServer } from "@aethyr/servers";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from "vitest";
import type { Config } from "../config/schema.ts";
import { createRoom, createTempWorlds } from "../testing/temp-worlds.ts";
import { immudbFile, readImmudbFile } from "./immudb-files.ts";
import { initImmudbStore } from "./init-immudb-store.ts";
import { migrateWorld } from "./migrate-world.ts";
import { openLog } from "./open-log.ts";
import { probeStore } from "./probe-store.ts";
import { quarantineOf } from "./quarantine-of.ts";

const immudb = await ensureServer("immudb");
const administrator = { username: "immudb", password: "a-test-password-1A!" };

describe.skipIf(immudb === undefined)("a world on ImmuDB", () => {
  let server: RunningServer;
  let worlds: Awaited<ReturnType<typeof createTempWorlds>>;
  let count = 0;

  beforeAll(async () => {
    server = await startImmudb({ adminPassword: administrator.password });
  });
  afterAll(() => server.stop());
  beforeEach(async () => {
    worlds = await createTempWorlds();
    count += 1;
  });
  afterEach(() => worlds.remove());

  const config = (flags: Readonly<Record<string, string>> = {}): Config =>
    worlds.config({
      store: "immudb",
      "immudb-address": server.address,
      "immudb-database": `world_${count}`,
      "starter-world": "false",
      ...flags,
    });
  const init = async (of: Config = config()) => initImmudbStore({ config: of, administrator });
  const describeRoom = (id: string, description: string): CommandEnvelope => ({
    v: 1,
    id: randomUUIDv7(),
    type: "UpdateRoomDescription",
    target: ref("room", id),
    data: { description },
  });

  test("[G2] [G3] keeps what it accepted, and its replies, over close and open", async () => {
    await init();
    const first = await worlds.open(config());
    const command = createRoom("hall");
    const [reply] = await first.operations.sendCommands([command]);
    expect(reply).toMatchObject({ code: "accepted" });
    await first.ready();
    await first.close();
    const second = await worlds.open(config());
    expect(await second.operations.sendCommands([command])).toEqual([reply]);
    expect(await second.operations.showAggregate(ref("room", "hall"))).toMatchObject({ version: 1, context: { name: "hall" } });
    await expect(worlds.open(config())).rejects.toMatchObject({ code: "data_folder_in_use" });
  });

  test("what init makes stays at a second one, and its passwords are in files alone", async () => {
    const first = await init();
    expect(first.databases.map(({ state }) => state)).toEqual(["created", "created"]);
    expect(first.users).toEqual([
      { username: `world_${count}_append`, state: "created", may: "read and append", file: immudbFile(config().data, "append-password") },
      { username: `world_${count}_read`, state: "created", may: "read", file: immudbFile(config().data, "read-password") },
    ]);
    const password = await readImmudbFile(config().data, "append-password");
    expect(JSON.stringify(first)).not.toContain(password);
    const again = await init();
    expect([...again.databases, ...again.users].map(({ state }) => state)).toEqual(["existed", "existed", "existed", "existed"]);
    expect(await readImmudbFile(config().data, "append-password")).toBe(password);

    rmSync(immudbFile(config().data, "append-password"));
    expect((await init()).users[0]).toMatchObject({ state: "existed", file: undefined });
    const anew = await initImmudbStore({ config: config(), administrator, newPasswords: true });
    expect(anew.users.map(({ state }) => state)).toEqual(["password_changed", "password_changed"]);
    await (await worlds.open(config())).close();
  });

  test("init needs the administrator, and a password for a user of another name", async () => {
    const wrong = { username: "immudb", password: "wrong" };
    await expect(initImmudbStore({ config: config(), administrator: wrong })).rejects.toMatchObject({ code: "immudb_refused" });
    await expect(init(config({ "immudb-username": "ann" }))).rejects.toMatchObject({ code: "immudb_settings" });
  });

  test("[A18] is not started on another log than its own", async () => {
    await init();
    await (await worlds.open(config())).close();
    const other = config({ "immudb-database": `other_${count}` });
    await init(other);
    await expect(worlds.open(other)).rejects.toMatchObject({ code: "other_log" });
  });

  test("that cannot be reached, or is not let in, is not started, and says what to do", async () => {
    await init();
    await expect(worlds.open(config({ "immudb-address": "127.0.0.1:1" }))).rejects.toMatchObject({
      code: "immudb_unreachable",
      message: expect.stringContaining("servers start immudb") as string,
    });
    writeFileSync(immudbFile(config().data, "append-password"), "not-the-password");
    await expect(worlds.open(config())).rejects.toMatchObject({
      code: "immudb_refused",
      message: expect.stringContaining("store init") as string,
    });
    await expect(probeStore(config())).rejects.toMatchObject({ code: "immudb_refused" });
    await expect(openLog(config({ "immudb-address": "127.0.0.1:1" }), "immudb")).rejects.toMatchObject({ code: "immudb_unreachable" });
  });

  test("a probe tells what its user may do, and writes nothing to the log", async () => {
    await init();
    const probe = await probeStore(config());
    expect(probe).toMatchObject({ mayAppend: true, mayKeepSnapshots: true, isAdministrator: false, encrypted: false });
    const reader = config({
      "immudb-username": `world_${count}_read`,
      "immudb-password-file": immudbFile(config().data, "read-password"),
    });
    expect(await probeStore(reader)).toMatchObject({ mayAppend: false, mayKeepSnapshots: false, tx: probe.tx });
  });

  test("[G10] makes checkpoints of its log, and its log is read beside it by the user who may only read", async () => {
    await init();
    const world = await worlds.open(config({ "checkpoints-every-txs": "1" }));
    await world.operations.sendCommands([createRoom("hall")]);
    const log = await openLog(config(), "immudb");
    expect(await log.proof.state()).toMatchObject({ database: `world_${count}` });
    expect(await log.faults()).toEqual([]);
    await log.close();
    await world.close();
    const lines = readFileSync(join(config().data, "checkpoints.ndjson"), "utf8").trim().split("\n");
    expect(lines.length).toBeGreaterThan(0);
    expect(JSON.parse(lines.at(-1) ?? "")).toMatchObject({ database: `world_${count}`, tx: 2 });
  });

  test("[A18] goes on with a journal while its server is away, and brings it into the log when it is back", async () => {
    await init();
    const line = await openUnrulyLine(Number(server.address.split(":")[1]));
    try {
      const world = await worlds.open(config({ outage: "journal", "immudb-address": line.address }));
      await world.operations.sendCommands([createRoom("hall"), createRoom("yard")]);
      line.cut();
      // What was under way when the line was cut may have arrived: that one stays open until the server is back.
      await world.operations.sendCommands([describeRoom("yard", "Somebody calls.")]);
      const [reply] = await world.operations.sendCommands([describeRoom("hall", "The lights are out.")]);
      expect(reply).toMatchObject({ code: "accepted", provisional: true, position: 0 });
      await world.ready();
      line.mend();
      await expect
        .poll(async () => (await world.operations.history(ref("room", "hall"))).at(-1)?.position ?? 0, { timeout: 60_000 })
        .toBeGreaterThan(0);
      expect(await quarantineOf(config().data)).toEqual([]);
      await world.close();
    } finally {
      await line.close();
    }
    const world = await worlds.open(config());
    expect(await world.operations.showAggregate(ref("room", "hall"))).toMatchObject({ version: 2 });
  });

  test("[A18] moves from SQLite to ImmuDB and back, with every event and state", async () => {
    const onSqlite = worlds.config({ "starter-world": "false" });
    const first = await worlds.open(onSqlite);
    await first.operations.sendCommands([createRoom("hall"), createRoom("yard")]);
    await expect(migrateWorld({ config: config(), from: { kind: "sqlite" }, to: { kind: "immudb" } })).rejects.toMatchObject({
      code: "data_folder_in_use",
    });
    await first.close();
    await init();
    const there = await migrateWorld({ config: config(), from: { kind: "sqlite" }, to: { kind: "immudb" } });
    expect(there).toMatchObject({ events: 2, copied: 2, moved: true });
    await expect(worlds.open(onSqlite)).rejects.toMatchObject({ code: "other_store" });
    const world = await worlds.open(config());
    await world.operations.sendCommands([describeRoom("hall", "Moved.")]);
    await world.close();
    const aside = await migrateWorld({
      config: config(),
      from: { kind: "immudb" },
      to: { kind: "sqlite", directory: join(worlds.cwd, "copy") },
    });
    expect(aside).toMatchObject({ events: 3, copied: 3, moved: false });
    const back = await migrateWorld({ config: config(), from: { kind: "immudb" }, to: { kind: "sqlite" } });
    expect(back).toMatchObject({ events: 3, copied: 1, moved: true, sha256: aside.sha256 });
    const again = await worlds.open(onSqlite);
    expect(await again.operations.showAggregate(ref("room", "hall"))).toMatchObject({ version: 2 });
  });
});
