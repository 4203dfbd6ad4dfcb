import type { RelayCheckpoints } from "@aethyr/runtime";
import { z } from "zod";
import type { Coordination } from "../nats/connect.ts";
import { leadersBucket } from "./leader.ts";

const Checkpoint = z.object({ position: z.int().min(0), count: z.int().min(0) });

const key = "relay-checkpoint";

/** How far the feed of a world has come, kept beside who leads its relays. */
export async function relayCheckpoints(coordination: Coordination): Promise<RelayCheckpoints> {
  const bucket = await coordination.bucket(leadersBucket);
  return {
    load: async () => {
      const entry = await bucket.get(key);
      return entry === null ? undefined : Checkpoint.parse(entry.json());
    },
    save: async (checkpoint) => void (await bucket.put(key, JSON.stringify(checkpoint))),
  };
}
