import { createHash } from "node:crypto";
import { readdir, readFile, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { ref } from "@aethyr/kernel";
import { silentLog } from "@aethyr/runtime";
import { openWorldToRead } from "./open-world-to-read.ts";
import { createRoom, createTempWorlds } from "./testing/temp-worlds.ts";

let worlds: Awaited<ReturnType<typeof createTempWorlds>>;
beforeEach(async () => {
  worlds = await createTempWorlds();
});
afterEach(() => worlds.remove());

const toRead = (of = worlds.config()) => openWorldToRead({ config: of, log: silentLog });

/** Every file of the data folder, by what is in it. */
async function contents(): Promise<Readonly<Record<string, string>>> {
  const { data } = worlds.config();
  const files = await readdir(data, { recursive: true, withFileTypes: true });
  const hashes = files
    .filter((file) => file.isFile())
    .map(async ({ parentPath, name }) => {
      const file = join(parentPath, name);
      return [
        file,
        createHash("sha256")
          .update(await readFile(file))
          .digest("hex"),
      ] as const;
    });
  return Object.fromEntries(await Promise.all(hashes));
}

async function stoppedWorld(): Promise<void> {
  const world = await worlds.open();
  await world.operations.sendCommands([createRoom("hall"), createRoom("yard")]);
  await world.close();
}

test("[A21] questions to a stopped world leave every file of it as it was", async () => {
  await stoppedWorld();
  await rm(join(worlds.config().data, "checkpoints.ndjson"));
  const before = await contents();
  const operations = await toRead();
  expect(await operations.showAggregate(ref("room", "hall"))).toMatchObject({ version: 1, context: { name: "hall" } });
  expect(await operations.worldStats()).toMatchObject({ event_count: 2, rooms: 2 });
  expect(await operations.actors()).toEqual([]);
  await operations.close();
  expect(await contents()).toEqual(before);
});

test("[G11] takes no commands, and nothing is appended", async () => {
  await stoppedWorld();
  const operations = await toRead();
  await expect(operations.sendCommands([createRoom("cellar")])).rejects.toMatchObject({ code: "invalid_request" });
  expect(await operations.worldStats()).toMatchObject({ event_count: 2 });
  await operations.close();
});

test("where there is no world, or none with a log, nothing is made", async () => {
  await expect(toRead()).rejects.toMatchObject({ code: "no_world" });
  expect(await readdir(worlds.cwd)).toEqual([]);
  await (await worlds.open(worlds.config({ store: "memory" }))).close();
  const before = await contents();
  await expect(toRead()).rejects.toMatchObject({ code: "no_world" });
  expect(await contents()).toEqual(before);
});

test("[A18] what is missing or another one is not made anew, and a world that runs is left alone", async () => {
  await stoppedWorld();
  await expect(toRead(worlds.config({ store: "immudb" }))).rejects.toMatchObject({ code: "other_store" });
  await expect(toRead(worlds.config({ store: "memory" }))).rejects.toMatchObject({ code: "invalid_request" });
  await expect(toRead(worlds.config({ world: "another" }))).rejects.toMatchObject({ code: "other_world" });
  const running = await worlds.open();
  await expect(toRead()).rejects.toMatchObject({ code: "data_folder_in_use" });
  await running.close();
  const { data } = worlds.config();
  const kept = JSON.parse(await readFile(join(data, "world.json"), "utf8")) as object;
  await writeFile(join(data, "world.json"), JSON.stringify({ ...kept, log: "another" }));
  await expect(toRead()).rejects.toMatchObject({ code: "data_missing" });
  await rm(join(data, "events", "events.sqlite"));
  await expect(toRead()).rejects.toMatchObject({ code: "data_missing" });
});
