import { readdir, rm, truncate } from "node:fs/promises";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { createRoom, createTempWorlds } from "./testing/temp-worlds.ts";

let worlds: Awaited<ReturnType<typeof createTempWorlds>>;
beforeEach(async () => {
  worlds = await createTempWorlds();
});
afterEach(() => worlds.remove());

test("[G8] read models that are damaged are set aside, told of and made anew: the world starts, and has its tables", async () => {
  const config = worlds.config({});
  const first = await worlds.open(config, { readModels: true });
  await first.operations.sendCommands([createRoom("hall")]);
  await first.operations.readModels.query("select id from rooms");
  const head = await first.head();
  await first.close();
  const folder = join(config.data, "read-models", "postgres");
  await rm(join(folder, "pg_wal"), { recursive: true });
  await truncate(join(folder, "global", "pg_control"));
  const second = await worlds.open(config, { readModels: true });
  await second.readModels?.projections.reached("rooms", head);
  expect((await second.operations.readModels.query("select id from rooms")).rows).toEqual([{ id: "hall" }]);
  await second.close();
  expect((await readdir(config.data)).filter((name) => name.startsWith("read-models.damaged-"))).toHaveLength(1);
}, 600_000);
