import type { WorldStats } from "@aethyr/operator";
import { findRunning, loadDomain, unknownTypes } from "@aethyr/process";
import type { Call } from "../verb.ts";
import { withWorld } from "../world/with-world.ts";
import { examined, ok, warn, type Check } from "./check.ts";

export const processCheck = async (call: Call): Promise<Check> =>
  examined("process", async () => {
    const running = await findRunning(call.config().config.data);
    if (running === undefined) return ok("process", "stopped");
    // Whether it lets us in, too.
    await withWorld(call, async ({ operations }) => operations.actors());
    return ok("process", `${running.pid} serves ${running.url}`);
  });

/** Reads the whole log once, so that damage anywhere in it shows; and looks whether the configured modules know all that is in it. */
export async function storeChecks(call: Call): Promise<readonly Check[]> {
  let read: WorldStats | undefined;
  const store = await storeCheck(call, (stats) => (read = stats));
  const stats = read;
  return stats === undefined ? [store] : [store, await examined("modules", () => modulesCheck(call, stats))];
}

async function modulesCheck(call: Call, stats: WorldStats): Promise<Check> {
  const { modules } = call.config().config;
  const unknown = unknownTypes(await loadDomain(modules), stats);
  if (unknown.length === 0) return ok("modules", modules.length === 0 ? "none needed" : modules.join(", "));
  return warn(
    "modules",
    `missing for ${unknown.join(", ")}`,
    "name the module that they come from with --modules or in the configuration: without it what has them cannot be read or changed",
  );
}

const storeCheck = async (call: Call, told: (stats: WorldStats) => void): Promise<Check> =>
  examined("store", async () => {
    const { config } = call.config();
    const running = await findRunning(config.data);
    if (running === undefined && config.store === "memory") return ok("store", "in memory only, so empty while stopped");
    const stats = await withWorld(call, async ({ operations }) => operations.worldStats()).catch((error: unknown) => {
      if (isNoWorld(error)) return undefined;
      throw error;
    });
    if (stats === undefined) return ok("store", "none yet; made at the first start");
    told(stats);
    return ok("store", `${stats.event_count} events of ${stats.aggregate_count} aggregates, ${stats.snapshot_count} snapshots`);
  });

const isNoWorld = (error: unknown): boolean => error instanceof Error && "code" in error && error.code === "no_world";
