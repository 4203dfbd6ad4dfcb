import { findRunning } from "@aethyr/embedded";
import type { Call } from "../verb.ts";
import { withWorld } from "../world/with-world.ts";
import { examined, ok, type Check } from "./check.ts";

export const processCheck = async (call: Call): Promise<Check> =>
  examined("process", async () => {
    const running = await findRunning(call.config().config.data);
    if (running === undefined) return ok("process", "stopped");
    // Whether it lets us in, too.
    await withWorld(call, async ({ operations }) => operations.actors());
    return ok("process", `${running.pid} serves ${running.url}`);
  });

/** Reads the whole log once, so that damage anywhere in it shows. */
export const storeCheck = async (call: Call): Promise<Check> =>
  examined("store", async () => {
    const { config } = call.config();
    const running = await findRunning(config.data);
    if (running === undefined && config.store === "memory") return ok("store", "in memory only, so empty while stopped");
    const stats = await withWorld(call, async ({ operations }) => operations.worldStats()).catch((error: unknown) => {
      if (isNoWorld(error)) return undefined;
      throw error;
    });
    if (stats === undefined) return ok("store", "none yet; made at the first start");
    return ok("store", `${stats.event_count} events of ${stats.aggregate_count} aggregates, ${stats.snapshot_count} snapshots`);
  });

const isNoWorld = (error: unknown): boolean => error instanceof Error && "code" in error && error.code === "no_world";
