import type { Board } from "@aethyr/placement";
import { connectNatsBoard } from "@aethyr/placement/nats";
import type { Config } from "@aethyr/process";
import type { Log } from "@aethyr/runtime";
import type { Role } from "../world/reach-world.ts";
import { logStatus } from "./log-status.ts";
import { natsPlace } from "./nats-place.ts";

/** The board of a world's hosts; only a host makes it. Rejects as `connectNatsBoard`. */
export const connectBoard = async (config: Pick<Config, "nats" | "world">, role: Role, log: Log): Promise<Board> =>
  connectNatsBoard({
    ...(await natsPlace(config)),
    world: config.world,
    name: `${role} (placement)`,
    inboxPrefix: `_INBOX_${role}`,
    createBuckets: role === "host",
    onStatus: logStatus(log, "placement"),
  });
