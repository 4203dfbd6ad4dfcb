import { cp, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { InterruptedError } from "./errors.ts";
import { createAethyr, lines, type Aethyr } from "./testing/aethyr.ts";
import { folderOfTest, removeFolder, temporaryFolder } from "./testing/folders.ts";
import { repository, startWorld } from "./testing/processes.ts";

let cwd: string;
let data: string;
let aethyr: Aethyr;

const send = (room: string, type: string, fields: object) =>
  aethyr(["command", "send", `room/${room}`, type, "--data", JSON.stringify(fields)]);

beforeAll(async () => {
  cwd = await temporaryFolder();
  data = join(cwd, "data");
  aethyr = createAethyr({ cwd, data });
  await send("hall", "CreateRoom", { name: "The Hall" });
  await send("hall", "UpdateRoomDescription", { description: "A draughty hall." });
  await send("yard", "CreateRoom", { name: "The Yard" });
});
afterAll(async () => removeFolder(cwd));

/** A copy of the data folder in which one text of the log is another one. */
async function forged(from: string, to: string): Promise<Aethyr> {
  const folder = await folderOfTest();
  const copy = join(folder, "data");
  await cp(data, copy, { recursive: true });
  const log = await readFile(join(copy, "events/events.sqlite"));
  const at = log.indexOf(from);
  expect(at).toBeGreaterThan(0);
  log.write(to, at);
  await writeFile(join(copy, "events/events.sqlite"), log);
  return createAethyr({ cwd: folder, data: copy });
}

describe("log verify", () => {
  test("[G10] recomputes the log, with the checkpoints of the world; the same beside one that runs", async () => {
    const { code, stdout } = await aethyr("log verify --output json");
    expect(code).toBe(0);
    expect(JSON.parse(stdout)).toMatchObject({ verified: true, from: 1, to: 4, head: 4, signed: false });
    expect((JSON.parse(stdout) as { checkpoints: number }).checkpoints).toBeGreaterThan(0);
    await using world = await startWorld(data, { AETHYR_STARTER_WORLD: "false" });
    const shown = (await aethyr("log verify")).stdout;
    expect(shown).toMatch(/^transactions +1–4$/m);
    expect(shown).toContain(`SQLite, in ${join(data, "events")}\n`);
    expect((await aethyr("aggregate verify room/hall")).code).toBe(0);
    world.process.kill("SIGTERM");
    await world.ended;
  });

  test("[G10] names the transaction that was changed, in a table and for a script", async () => {
    const copy = await forged("draughty", "cosy and");
    const told = await copy("log verify");
    expect(told).toMatchObject({ code: 1, stdout: "" });
    expect(told.stderr).toMatch(/is not what it was at transaction 3\b/);
    const { code, stdout } = await copy("log verify --output json");
    expect(code).toBe(1);
    expect(JSON.parse(stdout)).toMatchObject({ verified: false, tx: 3, rule: "entries" });
    expect(await copy("aggregate verify room/hall")).toMatchObject({
      code: 1,
      stderr: expect.stringMatching(/the history of room\/hall cannot be proven: .*transaction 3/) as string,
    });
    expect((await copy("aggregate verify room/yard")).code).toBe(0);
  });

  test("[G10] misses what checkpoints say was there", async () => {
    const folder = await folderOfTest();
    const other = createAethyr({ cwd: folder, data: join(folder, "data") });
    await other(["command", "send", "room/hall", "CreateRoom", "--data", '{"name":"H"}']);
    const [checkpoint] = lines((await other("log checkpoint --output ndjson")).stdout) as { tx: number }[];
    await writeFile(join(folder, "mine"), `${JSON.stringify({ ...checkpoint, tx: 99 })}\n`);
    expect(await other("log verify --checkpoints mine")).toMatchObject({
      code: 1,
      stderr: expect.stringMatching(/the log ends at transaction 2.*it was at 99/) as string,
    });
    const passed = await aethyr(["log", "verify", "--checkpoints", join(folder, "mine")]);
    expect(passed).toMatchObject({ code: 1, stdout: "", stderr: expect.stringMatching(/none of this log in it, all 1 are of/) as string });
  });

  test("[G10] with a named file that has nothing to compare with fails, as nothing was compared", async () => {
    const folder = await folderOfTest();
    const kept = await readFile(join(data, "checkpoints.ndjson"), "utf8");
    const [line = ""] = kept.split("\n");
    const files = {
      none: [undefined, "no such file"],
      empty: ["", "it is empty"],
      half: [line.slice(0, 70), "not finished"],
      hash: [line.replace(/"hash":"[^"]*"/, '"hash":"00ff"') + "\n", "64 small hex digits"],
      token: ["kR3-a-secret-token-that-was-named-by-mistake", "line 1 is no checkpoint"],
    } as const;
    for (const [name, [text, why]] of Object.entries(files)) {
      const file = join(folder, name);
      if (text !== undefined) await writeFile(file, text);
      for (const verb of [
        ["log", "verify"],
        ["aggregate", "verify", "room/hall"],
      ]) {
        const failed = await aethyr([...verb, "--checkpoints", file]);
        expect(failed, name).toMatchObject({ code: 1, stdout: "", stderr: expect.stringContaining(why) as string });
        expect(failed.stderr).not.toContain("kR3");
      }
    }
    await writeFile(join(folder, "both"), `${kept}${line.slice(0, 70)}`);
    expect(await aethyr(["log", "verify", "--checkpoints", join(folder, "both")])).toMatchObject({
      code: 0,
      stderr: expect.stringContaining("is not finished: passed over") as string,
    });
  });

  test("[G10] looks whether it is the log that the world was started with", async () => {
    const folder = await folderOfTest();
    const other = createAethyr({ cwd: folder, data: join(folder, "data") });
    await other(["command", "send", "room/hall", "CreateRoom", "--data", '{"name":"H"}']);
    await cp(join(data, "events"), join(folder, "data", "events"), { recursive: true, force: true });
    for (const line of ["log verify", "log checkpoint"])
      expect(await other(line)).toMatchObject({
        code: 1,
        stdout: "",
        stderr: expect.stringMatching(/was started with the log .*nothing was verified/) as string,
      });
  });

  test("takes a part, and refuses one that there is not", async () => {
    expect((await aethyr("log verify --from 4 --to 4 --output json")).code).toBe(0);
    expect(await aethyr("log verify --from 4 --to 2")).toMatchObject({
      code: 1,
      stderr: expect.stringContaining("no transactions 4–2") as string,
    });
    expect((await aethyr("log verify --to 99")).code).toBe(1);
  });

  test("[G10] with a pinned key wants signatures, which SQLite has none of", async () => {
    const { generateKeyPairSync } = await import("node:crypto");
    const { publicKey } = generateKeyPairSync("ec", { namedCurve: "P-256" });
    const file = join(cwd, "key.pem");
    await writeFile(file, publicKey.export({ type: "spki", format: "pem" }));
    expect(await aethyr("log verify", { env: { AETHYR_IMMUDB_SIGNING_KEY: file } })).toMatchObject({
      code: 1,
      stderr: expect.stringContaining("is not signed") as string,
    });
  });

  test("without a world says so, and an interruption ends it", async () => {
    const folder = await folderOfTest();
    const none = createAethyr({ cwd: folder, data: join(folder, "none") });
    for (const line of ["log verify", "log checkpoint"])
      expect(await none(line)).toMatchObject({ code: 1, stderr: expect.stringContaining("there is no world") as string });
    const interrupted = AbortSignal.abort(new InterruptedError("SIGINT"));
    expect((await aethyr("log verify", { signal: interrupted })).code).toBe(130);
  });
});

describe("log checkpoint", () => {
  test("[G10] adds where the log is, once, and shows it", async () => {
    await send("yard", "UpdateRoomDescription", { description: "Mud." });
    const shown = lines((await aethyr("log checkpoint --output ndjson")).stdout);
    expect(shown).toMatchObject([{ tx: 5, hash: expect.stringMatching(/^[0-9a-f]{64}$/) as string }]);
    const kept = await readFile(join(data, "checkpoints.ndjson"), "utf8");
    expect(lines(kept).at(-1)).toEqual(shown[0]);
    expect((await aethyr("log checkpoint")).stderr).toContain("has not grown since");
    expect(await readFile(join(data, "checkpoints.ndjson"), "utf8")).toBe(kept);
  });

  test("[G10] is not made of a log that does not go on from the last one", async () => {
    const folder = await folderOfTest();
    const other = createAethyr({ cwd: folder, data: join(folder, "data") });
    await other(["command", "send", "room/hall", "CreateRoom", "--data", '{"name":"H"}']);
    const file = join(folder, "data", "checkpoints.ndjson");
    const [first] = lines(await readFile(file, "utf8")) as { hash: string }[];
    await writeFile(file, `${JSON.stringify({ ...first, hash: "0".repeat(64) })}\n`);
    expect(await other("log checkpoint")).toMatchObject({ code: 1, stderr: expect.stringContaining("not what it was") as string });
  });
});

describe("evidence", () => {
  test("[G10] of an aggregate is checked in an empty folder, without a world, and against a checkpoint that was kept", async () => {
    const out = join(cwd, "hall.json");
    const made = await aethyr(["aggregate", "verify", "room/hall", "--out", out]);
    expect(made).toMatchObject({ code: 0, stdout: expect.stringMatching(/^versions +1–2, without a gap$/m) as string });
    expect(made.stdout).toMatch(/^its state now +existing$/m);
    const empty = await folderOfTest();
    const elsewhere = createAethyr({ cwd: empty, data: join(empty, "none") });
    const alone = await elsewhere(["evidence", "check", out]);
    expect(alone).toMatchObject({ code: 0, stderr: expect.stringContaining("agree with each other") as string });
    const tied = await elsewhere(["evidence", "check", out, "--checkpoints", join(data, "checkpoints.ndjson"), "--output", "json"]);
    expect(JSON.parse(tied.stdout)).toMatchObject({
      aggregate: "room/hall",
      versions: 2,
      states: "existing",
      trust: { checkpoints: expect.arrayContaining([{ tx: 5, events: 2 }]) as unknown },
      events: [{ type: "RoomCreated" }, { type: "RoomDescriptionUpdated", data: { description: "A draughty hall." } }],
    });
    expect(await readdir(empty)).toEqual([]);
  });

  test("of an aggregate of a module is replayed through its chart where the configuration names the module; else that is said", async () => {
    const folder = await folderOfTest();
    const modules = join(repository, "docs/guide/index.ts");
    const out = join(folder, "lantern.json");
    const there = createAethyr({ cwd: folder, data: join(folder, "data") });
    expect((await there(`command send lantern/old MakeLantern --modules ${modules}`)).code).toBe(0);
    expect((await there(`aggregate verify lantern/old --out ${out} --modules ${modules}`)).code).toBe(0);
    const empty = await folderOfTest();
    const elsewhere = createAethyr({ cwd: empty, data: join(empty, "none") });
    const unknown = await elsewhere(["evidence", "check", out]);
    expect(unknown).toMatchObject({ code: 0, stdout: expect.stringMatching(/^its state now +\(not known here\)$/m) as string });
    expect(unknown.stderr).toMatch(/^warning: that its chart allows these events was not looked at: .*--modules$/m);
    await writeFile(join(empty, "aethyr.config.json"), JSON.stringify({ modules: [modules] }));
    const known = await elsewhere(["evidence", "check", out]);
    expect(known.stdout).toMatch(/^its state now +\{"existing":"dark"\}$/m);
    expect(known.stderr).not.toContain("warning");
  });

  test("[G10] of a stopped world without checkpoints says that nothing was there to be trusted, and makes none", async () => {
    const file = join(data, "checkpoints.ndjson");
    const kept = await readFile(file);
    await rm(file);
    try {
      const made = await aethyr("aggregate verify room/hall");
      expect(made).toMatchObject({
        code: 0,
        stderr: expect.stringContaining("there is no checkpoint yet, and no key is pinned") as string,
      });
      expect(made.stdout).toMatch(/^checkpoint +\(none was given\)$/m);
      expect((await readdir(data)).filter((name) => name.startsWith("checkpoints"))).toEqual([]);
    } finally {
      await writeFile(file, kept);
    }
    const tied = await aethyr("aggregate verify room/hall");
    expect(tied.stdout).toMatch(/^checkpoint +at transaction 5, with 2 of the events before it$/m);
    expect(tied.stderr).not.toContain("no checkpoint");
  });

  test("[G10] that was changed, or is tied to nothing that is trusted, proves nothing", async () => {
    const { stdout } = await aethyr("aggregate verify room/hall --output json");
    const { evidence } = JSON.parse(stdout) as {
      evidence: { events: { value: string }[]; anchors: unknown[]; trusted: { header: { id: number } } };
    };
    const changed = structuredClone(evidence);
    changed.events[0]!.value = Buffer.from(
      Buffer.from(changed.events[0]!.value, "base64").toString("latin1").replace("Hall", "Cave"),
      "latin1",
    ).toString("base64");
    await writeFile(join(cwd, "changed.json"), JSON.stringify(changed));
    expect(await aethyr("evidence check changed.json")).toMatchObject({
      code: 1,
      stderr: expect.stringMatching(/changed\.json proves nothing, version 1/) as string,
    });
    await writeFile(join(cwd, "good.json"), JSON.stringify(evidence));
    const kept = lines(await readFile(join(data, "checkpoints.ndjson"), "utf8")) as { tx: number }[];
    await writeFile(join(cwd, "others"), `${JSON.stringify({ ...kept[0], tx: 77 })}\n`);
    expect(await aethyr("evidence check good.json --checkpoints others")).toMatchObject({
      code: 1,
      stderr: expect.stringContaining("is not tied to transaction 77") as string,
    });
    await writeFile(join(cwd, "others"), `${JSON.stringify({ ...kept.at(-1), hash: "1".repeat(64) })}\n`);
    expect(await aethyr("evidence check good.json --checkpoints others")).toMatchObject({
      code: 1,
      stderr: expect.stringContaining("is not the one that is trusted") as string,
    });
    await writeFile(join(cwd, "nonsense"), "nonsense\n");
    for (const line of ["evidence check none.json", "evidence check good.json --checkpoints nonsense"])
      expect((await aethyr(line)).code).toBe(2);
    expect((await aethyr("evidence check others")).code).toBe(1);
  });

  test("of what is not there cannot be made", async () => {
    expect(await aethyr("aggregate verify room/nowhere")).toMatchObject({ code: 1, stderr: "error: there is no room/nowhere\n" });
  });
});

describe("store", () => {
  test("backup and restore carry a world to another folder, and verify it", async () => {
    const folder = await folderOfTest();
    const file = join(folder, "b");
    const backup = await aethyr(["store", "backup", file, "--output", "json"]);
    expect(JSON.parse(backup.stdout)).toMatchObject({ file, hash: expect.stringMatching(/^[0-9a-f]{64}$/) as string });
    expect((await aethyr(["log", "verify", "--backup", file])).code).toBe(0);
    expect((await aethyr(["store", "backup", file])).code).toBe(1);
    const there = createAethyr({ cwd: folder, data: join(folder, "there") });
    expect(await there("store restore b")).toMatchObject({ code: 0, stderr: expect.stringContaining("keys") as string });
    expect((await there("aggregate show room/hall")).stdout).toContain("A draughty hall.");
    expect((await there("store restore b")).code).toBe(1);
  });

  test("migrate copies, goes on where it was, and is refused what makes no sense", { timeout: 240_000 }, async () => {
    const folder = await folderOfTest();
    const to = `sqlite:${join(folder, "copy")}`;
    const first = await aethyr(["store", "migrate", "--from", "sqlite", "--to", to, "--output", "json"]);
    expect(JSON.parse(first.stdout)).toMatchObject({ copied: 4, events: 4, moved: false });
    expect((await aethyr(["store", "migrate", "--from", "sqlite", "--to", to])).stdout).toMatch(/^ +copied now +0$/m);
    for (const line of ["--from immudb --to immudb", "--from sqlite --to paper", "--from sqlite --to sqlite:", "--from sqlite"])
      expect((await aethyr(`store migrate ${line}`)).code).toBe(2);
    for (const same of ["sqlite", `sqlite:${join(data, "events")}`])
      expect(await aethyr(["store", "migrate", "--from", "sqlite", "--to", same])).toMatchObject({
        code: 2,
        stderr: expect.stringContaining(`--from and --to are the same: the SQLite store in ${join(data, "events")}`) as string,
      });
    const interrupted = AbortSignal.abort(new InterruptedError("SIGINT"));
    expect(await aethyr(["store", "migrate", "--from", "sqlite", "--to", to], { signal: interrupted })).toMatchObject({
      code: 130,
      stderr: expect.stringContaining("run it again") as string,
    });
    await rm(join(folder, "copy"), { recursive: true });
  });

  test("quarantine of a world without a journal is empty", async () => {
    expect(await aethyr("store quarantine")).toMatchObject({ code: 0, stderr: expect.stringContaining("never kept a journal") as string });
    expect((await aethyr("store quarantine --output json")).stdout.trim()).toBe("[]");
  });
});
