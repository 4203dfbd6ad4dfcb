import { readFileSync, rmSync, writeFileSync } from "node:fs";
import { randomUUIDv7 } from "node:crypto";
import { join } from "node:path";
import { ref } from "@aethyr/kernel";
import type { Config } from "@aethyr/process";
import { immudbFile, initImmudbStore, probeStore, readImmudbFile } from "@aethyr/process/immudb";
import type { CommandEnvelope } from "@aethyr/protocol";
import { silentLog } from "@aethyr/runtime";
import { ensureServer, openUnrulyLine, startImmudb, type RunningServer } from "@aethyr/servers";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { openWorldToRead } from "../open-world-to-read.ts";
import { createRoom, createTempWorlds } from "../testing/temp-worlds.ts";
import { migrateWorld } from "./migrate-world.ts";
import { openLog } from "./open-log.ts";
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

  test("new passwords that the server did not take leave the ones that work", async () => {
    await init();
    const files = ["append-password", "read-password"] as const;
    const kept = () => Promise.all(files.map((file) => readImmudbFile(config().data, file)));
    const before = await kept();
    const wrong = { username: "immudb", password: "wrong" };
    const attempt = initImmudbStore({ config: config(), administrator: wrong, newPasswords: true });
    await expect(attempt).rejects.toMatchObject({ code: "immudb_refused" });
    expect(await kept()).toEqual(before);
    await (await worlds.open(config())).close();
    // As one that was killed when the server had taken the new one: it is kept, and a second attempt does not make yet another.
    const next = await readImmudbFile(config().data, "append-password.next");
    expect(next).toBeDefined();
    await initImmudbStore({ config: config(), administrator, newPasswords: true });
    const [append, read] = await kept();
    expect(append).toBe(next);
    expect(read).not.toBe(before[1]);
    expect(await readImmudbFile(config().data, "append-password.next")).toBeUndefined();
    await (await worlds.open(config())).close();
  });

  test("passwords that a killed init left aside are nobody's after the next one", async () => {
    await init();
    writeFileSync(immudbFile(config().data, "append-password.next"), "Aa1-an-attempt-that-was-killed");
    await init();
    expect(await readImmudbFile(config().data, "append-password.next")).toBeUndefined();
    await (await worlds.open(config())).close();
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

  test("[A18] [A21] questions while it is stopped leave what an outage put into the journal where it is", async () => {
    await init();
    const line = await openUnrulyLine(Number(server.address.split(":")[1]));
    const of = (more: Readonly<Record<string, string>>) => config({ outage: "journal", "checkpoints-every-txs": "0", ...more });
    try {
      const world = await worlds.open(of({ "immudb-address": line.address }));
      await world.operations.sendCommands([createRoom("hall"), createRoom("yard")]);
      line.cut();
      await world.operations.sendCommands([describeRoom("yard", "Somebody calls.")]);
      const [reply] = await world.operations.sendCommands([describeRoom("hall", "The lights are out.")]);
      expect(reply).toMatchObject({ code: "accepted", provisional: true });
      await world.close();
    } finally {
      await line.close();
    }
    for (let asked = 0; asked < 2; asked += 1) {
      const questions = await openWorldToRead({ config: of({}), log: silentLog });
      expect(await questions.showAggregate(ref("room", "hall"))).toMatchObject({ version: 1 });
      expect(await questions.worldStats()).toMatchObject({ rooms: 2 });
      await questions.close();
    }
    const world = await worlds.open(of({}));
    await expect
      .poll(async () => (await world.operations.history(ref("room", "hall"))).at(-1)?.position ?? 0, { timeout: 60_000 })
      .toBeGreaterThan(0);
    expect(await world.operations.showAggregate(ref("room", "hall"))).toMatchObject({ version: 2 });
    await expect(openWorldToRead({ config: of({}), log: silentLog })).rejects.toMatchObject({ code: "data_folder_in_use" });
  });

  test("[A18] what an outage left behind and the log refuses is put aside loudly, also where nobody keeps a journal any more", async () => {
    await init();
    const line = await openUnrulyLine(Number(server.address.split(":")[1]));
    const of = (more: Readonly<Record<string, string>>) => config({ "checkpoints-every-txs": "0", ...more });
    const elsewhere = await createTempWorlds();
    try {
      const world = await worlds.open(of({ outage: "journal", "immudb-address": line.address }));
      await world.operations.sendCommands([createRoom("hall"), createRoom("yard")]);
      line.cut();
      await world.operations.sendCommands([describeRoom("yard", "Somebody calls.")]);
      const [reply] = await world.operations.sendCommands([describeRoom("hall", "The lights are out.")]);
      expect(reply).toMatchObject({ code: "accepted", provisional: true });
      await world.close();
      const other = elsewhere.config({
        store: "immudb",
        "immudb-address": server.address,
        "immudb-database": `world_${count}`,
        "immudb-username": `world_${count}_append`,
        "immudb-password-file": immudbFile(config().data, "append-password"),
        "starter-world": "false",
      });
      const meanwhile = await elsewhere.open(other);
      await meanwhile.operations.sendCommands([describeRoom("hall", "Somebody else was here.")]);
      await meanwhile.close();
    } finally {
      await line.close();
      await elsewhere.remove();
    }
    const errors: unknown[] = [];
    const log = { ...silentLog, error: (fields: object, message: string) => void errors.push([message, fields]) };
    const to = { kind: "sqlite", directory: join(worlds.cwd, "copy") } as const;
    await migrateWorld({ log, config: of({ outage: "refuse" }), from: { kind: "immudb" }, to });
    expect(errors).toEqual([[expect.stringContaining("it is put aside"), expect.objectContaining({ commits: 1 })]]);
    expect(await quarantineOf(config().data)).toHaveLength(1);
  });

  test("[A18] a copy that was not finished is nobody's world, until the migration has come to its end", async () => {
    const elsewhere = await createTempWorlds();
    try {
      const source = elsewhere.config({ "starter-world": "false" });
      const made = await elsewhere.open(source);
      await made.operations.sendCommands(Array.from({ length: 600 }, (_, index) => createRoom(`room-${index}`)));
      await made.close();
      const from = { kind: "sqlite", directory: join(source.data, "events") } as const;
      const onSqlite = worlds.config({ "starter-world": "false" });
      await init();
      for (const [to, of, name] of [
        [{ kind: "immudb" }, config(), "immudb"],
        [{ kind: "sqlite" }, onSqlite, "sqlite"],
      ] as const) {
        if (name === "sqlite") rmSync(of.data, { recursive: true });
        const stopped = new AbortController();
        const cut = migrateWorld({
          log: silentLog,
          config: of,
          from,
          to,
          signal: stopped.signal,
          onProgress: ({ phase, done }) => {
            if (phase === "copy" && done > 0) stopped.abort(new Error("stopped"));
          },
        });
        await expect(cut).rejects.toThrow("stopped");
        const unfinished = {
          code: "copy_unfinished",
          message: expect.stringContaining(`store migrate --from sqlite:${from.directory} --to ${name}`) as string,
        };
        await expect(worlds.open(of)).rejects.toMatchObject(unfinished);
        if (name === "sqlite") await expect(openWorldToRead({ config: of, log: silentLog })).rejects.toMatchObject(unfinished);
        await expect(
          migrateWorld({ log: silentLog, config: of, from: to, to: { kind: "sqlite", directory: join(worlds.cwd, "aside") } }),
        ).rejects.toMatchObject({ code: "copy_unfinished" });
        expect(await migrateWorld({ log: silentLog, config: of, from, to })).toMatchObject({ events: 600, moved: true });
        const world = await worlds.open(of);
        expect(await world.operations.worldStats()).toMatchObject({ rooms: 600 });
        await world.close();
      }
    } finally {
      await elsewhere.remove();
    }
  });

  test("[A18] moves from SQLite to ImmuDB and back, with every event and state", async () => {
    const onSqlite = worlds.config({ "starter-world": "false" });
    const first = await worlds.open(onSqlite);
    await first.operations.sendCommands([createRoom("hall"), createRoom("yard")]);
    await expect(
      migrateWorld({ log: silentLog, config: config(), from: { kind: "sqlite" }, to: { kind: "immudb" } }),
    ).rejects.toMatchObject({
      code: "data_folder_in_use",
    });
    await first.close();
    await init();
    const there = await migrateWorld({ log: silentLog, config: config(), from: { kind: "sqlite" }, to: { kind: "immudb" } });
    expect(there).toMatchObject({ events: 2, copied: 2, moved: true });
    await expect(worlds.open(onSqlite)).rejects.toMatchObject({ code: "other_store" });
    await expect(
      migrateWorld({ log: silentLog, config: config(), from: { kind: "immudb" }, to: { kind: "immudb" } }),
    ).rejects.toMatchObject({
      code: "invalid_request",
      message: expect.stringContaining("both ends are the configured ImmuDB") as string,
    });
    const world = await worlds.open(config());
    await world.operations.sendCommands([describeRoom("hall", "Moved.")]);
    await world.close();
    const aside = await migrateWorld({
      log: silentLog,
      config: config(),
      from: { kind: "immudb" },
      to: { kind: "sqlite", directory: join(worlds.cwd, "copy") },
    });
    expect(aside).toMatchObject({ events: 3, copied: 3, moved: false });
    const back = await migrateWorld({ log: silentLog, config: config(), from: { kind: "immudb" }, to: { kind: "sqlite" } });
    expect(back).toMatchObject({ events: 3, copied: 1, moved: true, sha256: aside.sha256 });
    const again = await worlds.open(onSqlite);
    expect(await again.operations.showAggregate(ref("room", "hall"))).toMatchObject({ version: 2 });
  });
});
