import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { loadConfig } from "@aethyr/process";
import { refused } from "@aethyr/protocol";
import { silentLog } from "@aethyr/runtime";
import { expect, test } from "vitest";
import { importStarterWorld } from "./import-starter-world.ts";
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

test("a starter world that is refused stops the start, with the first thing that is wrong", async () => {
  const refuseAll = importStarterWorld(async (commands) =>
    commands.map(({ id }) => refused(id, "rejected", "not today", { reason: "closed" })),
  );
  await expect(refuseAll).rejects.toMatchObject({ code: "starter_world", message: expect.stringContaining("not today") as string });
});
