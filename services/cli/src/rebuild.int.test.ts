import { rm } from "node:fs/promises";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { expect, test } from "vitest";
import { openSqliteEventStore } from "@aethyr/event-store/sqlite";
import { ref } from "@aethyr/kernel";
import { createAethyr, lines, type Aethyr } from "./testing/aethyr.ts";
import { folderOfTest } from "./testing/folders.ts";
import { startWorld } from "./testing/processes.ts";

const hall = ref("room", "hall");

async function newWorld(): Promise<{ readonly data: string; readonly aethyr: Aethyr; readonly send: Aethyr }> {
  const cwd = await folderOfTest();
  const data = join(cwd, "data");
  const aethyr = createAethyr({ cwd, data });
  const send: Aethyr = async (line, options) => {
    const sent = await aethyr(line, options);
    expect(sent).toMatchObject({ code: 0 });
    return sent;
  };
  return { data, aethyr, send };
}

const createRoom = (id: string) => ["command", "send", `room/${id}`, "CreateRoom", "--data", `{"name":"The ${id}"}`];

test("[A13] [A21] a stopped world that is what its events make it says so, with real counts, and nothing is changed", async () => {
  const { aethyr, send } = await newWorld();
  for (const id of ["hall", "yard"]) await send(createRoom(id));
  const rebuilt = await aethyr("world rebuild");
  expect(rebuilt).toMatchObject({ code: 0, stderr: "the world is stopped: nothing of it is in memory\n" });
  expect(rebuilt.stdout).toMatch(/^streams +2\nevents +2\nequal +2\ndifferent +0\nfailed +0\n/);
  const news = lines((await aethyr("world rebuild --output ndjson")).stdout);
  expect(news.at(-1)).toMatchObject({ kind: "report", report: { streams: 2, equal: 2, complete: true, bad: [] } });
  expect(JSON.parse((await aethyr("world rebuild --output json")).stdout)).toMatchObject({ events: 2, equal: 2 });
});

test("[A13] [A14] a corrupt snapshot of a stopped world is named, replaced if asked, and none is needed", async () => {
  const { data, aethyr, send } = await newWorld();
  await send(createRoom("hall"));
  await send(createRoom("yard"));
  const right = JSON.parse((await aethyr("world rebuild --output json")).stdout) as { readonly hash: string };

  const store = await openSqliteEventStore({ directory: join(data, "events") });
  const [created] = await store.readStream(hall);
  const { aggregates } = (await import("@aethyr/world")).world;
  const { version, structure } = aggregates.get("room")!;
  const context = { name: "A lie", generic: "room", description: "", exits: {}, attributes: {} };
  const state = { status: "active" as const, value: "existing", context };
  await store.saveSnapshot({ stream: hall, version: 1, time: created!.time, machine: { version, structure }, state });
  await store.close();
  // What a snapshot says is believed, which is why it has to be right.
  expect((await aethyr("aggregate show room/hall")).stdout).toContain("A lie");

  const bad = await aethyr("world rebuild");
  expect(bad.code).toBe(1);
  expect(bad.stderr).toContain("warning: room/hall: the stored snapshot at version 1 is not the state that the events lead to\n");
  expect(bad.stderr).toContain("error: the world is not what its events make it: room/hall, as its report says\n");
  expect(bad.stdout).toMatch(/^different +1$/m);
  expect(await aethyr("world rebuild --write-snapshots")).toMatchObject({
    code: 1,
    stdout: expect.stringMatching(/^snapshots written +1$/m),
  });
  expect((await aethyr("aggregate show room/hall")).stdout).not.toContain("A lie");
  expect(await aethyr("world rebuild")).toMatchObject({ code: 0, stdout: expect.stringContaining("1 compared, 0 different") });

  for (const file of ["snapshots.sqlite", "snapshots.sqlite-wal", "snapshots.sqlite-shm"])
    await rm(join(data, "events", file), { force: true });
  const without = await aethyr("world rebuild --output json");
  expect(without.code).toBe(0);
  expect(JSON.parse(without.stdout)).toMatchObject({ hash: right.hash, equal: 2, snapshots: { compared: 0 } });
});

test("[A13] a running world is compared with its log while it runs: an actor that holds something else is named, and made anew", async () => {
  const { data, aethyr, send } = await newWorld();
  const modules = fileURLToPath(new URL("./testing/moody-rooms.ts", import.meta.url));
  await using world = await startWorld(data, { AETHYR_STARTER_WORLD: "false", AETHYR_MODULES: modules });
  for (const id of ["hall", "yard"]) await send(createRoom(id));
  expect(await aethyr("world rebuild")).toMatchObject({ code: 0, stderr: "", stdout: expect.stringContaining("2 compared, 0 different") });

  await send(`command send room/hall ChangeMood --data {} --modules ${modules}`);
  const bad = await aethyr("world rebuild --output json");
  expect(bad).toMatchObject({ code: 1, stderr: "error: the world is not what its events make it: room/hall, as its report says\n" });
  expect(JSON.parse(bad.stdout)).toMatchObject({
    live: { compared: 2, different: 1 },
    bad: [{ stream: hall, what: "live", version: 2, code: "differs" }],
  });

  // Its module is what is wrong: made anew from the same events it is yet another state.
  const again = await aethyr("world rebuild --clear");
  expect(again).toMatchObject({ code: 1, stdout: expect.stringMatching(/^actors made anew +2 compared, 1 different$/m) });
  expect(again.stderr).toContain("also after it was made anew");
  world.process.kill("SIGTERM");
  await expect(world.ended).resolves.toBe(0);
});

test("[G12] an interrupted rebuild ends at once, without a report", async () => {
  const { aethyr, send } = await newWorld();
  await send(createRoom("hall"));
  const signal = AbortSignal.abort(new Error("Ctrl-C"));
  await expect(aethyr("world rebuild", { signal })).resolves.toMatchObject({ code: 1, stdout: "" });
});
