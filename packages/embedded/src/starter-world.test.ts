import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { importStarterWorld } from "@aethyr/import";
import { loadConfig } from "@aethyr/process";
import { silentLog } from "@aethyr/runtime";
import { expect, test } from "vitest";
import { openWorld } from "./open-world.ts";

test("the starter world has enough to look around in, and is the same when it is made twice", async () => {
  const cwd = await mkdtemp(join(tmpdir(), "aethyr-starter-"));
  const { config } = loadConfig({ cwd, env: {}, flags: { store: "memory" } });
  const { operations } = await openWorld({ config, log: silentLog, importStarterWorld });
  const made = await operations.worldStats();
  expect(made.rooms).toBeGreaterThanOrEqual(12);
  expect(Object.values(made.game_objects).reduce((sum, count) => sum + count, 0)).toBeGreaterThanOrEqual(20);
  await importStarterWorld((commands) => operations.sendCommands(commands));
  expect((await operations.worldStats()).event_count).toBe(made.event_count);
  await operations.close();
  await rm(cwd, { recursive: true });
});
