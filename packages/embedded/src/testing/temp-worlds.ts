import { mkdtemp, rm } from "node:fs/promises";
import { randomUUIDv7 } from "node:crypto";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { ref } from "@aethyr/kernel";
import { loadConfig, type Config } from "@aethyr/process";
import type { CommandEnvelope } from "@aethyr/protocol";
import { silentLog } from "@aethyr/runtime";
import { openWorld, type World, type WorldOptions } from "../open-world.ts";

/** Worlds in a folder of their own, all gone with it. */
export async function createTempWorlds() {
  const cwd = await mkdtemp(join(tmpdir(), "aethyr-world-"));
  const opened: World[] = [];
  const config = (flags: Readonly<Record<string, string>> = {}): Config => loadConfig({ cwd, env: {}, flags }).config;
  return {
    cwd,
    config,
    async open(of: Config = config(), more: Partial<WorldOptions> = {}): Promise<World> {
      const world = await openWorld({ config: of, log: silentLog, ...more });
      opened.push(world);
      return world;
    },
    async remove(): Promise<void> {
      for (const world of opened) await world.close();
      await rm(cwd, { recursive: true });
    },
  };
}

export const createRoom = (id: string, command: string = randomUUIDv7()): CommandEnvelope => ({
  v: 1,
  id: command,
  type: "CreateRoom",
  target: ref("room", id),
  data: { name: id },
});
