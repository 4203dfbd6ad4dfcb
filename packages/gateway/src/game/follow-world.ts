import type { WatchedEvent } from "@aethyr/client";
import type { Clock } from "./clock.ts";
import type { GatewayLog } from "../log.ts";
import { pause } from "./pause.ts";
import type { WorldClient } from "./world-port.ts";

const firstPauseMs = 100;
const longestPauseMs = 5_000;

/**
 * Hands on every event of the world, from `position` on, until the signal. When what is watched fails, it is watched anew from where it
 * was, after a pause that grows; people stay connected meanwhile, and see what happened when it is back.
 */
export async function followWorld(parts: {
  readonly client: Pick<WorldClient, "watch">;
  readonly clock: Clock;
  readonly log: GatewayLog;
  readonly signal: AbortSignal;
  readonly position: () => number;
  /** An event that cannot be taken is logged and passed over: one bad event must not stop the world for everybody. */
  readonly take: (event: WatchedEvent) => void;
}): Promise<void> {
  const { client, clock, log, signal, position, take } = parts;
  for (let failures = 0; !signal.aborted;) {
    try {
      for await (const events of client.watch({ after: position(), unreadable: "mark", signal })) {
        failures = 0;
        for (const event of events) {
          try {
            take(event);
          } catch (error) {
            log.error({ err: error, position: event.position, type: event.type }, "an event could not be shown");
          }
        }
      }
    } catch (error) {
      if (!signal.aborted) log.error({ err: error, position: position() }, "the world cannot be watched: trying again");
    }
    failures += 1;
    if (!signal.aborted) await pause(Math.min(longestPauseMs, firstPauseMs * 2 ** Math.min(failures - 1, 10)), clock, signal);
  }
}
