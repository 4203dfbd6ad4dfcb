import { HistoryLostError } from "../errors.ts";
import type { Log } from "./log.ts";

/** Whether the log is there, as far as its answers tell. */
export type Presence = {
  isAway(): boolean;
  /** What it said last while it is away. */
  reason(): string | undefined;
  /** It is another log than it was: what would be journaled could never be brought into it. */
  lost(): HistoryLostError | undefined;
  left(error: unknown): void;
  back(): void;
};

export function createPresence(log: Log, onLeft: () => void): Presence {
  let reason: string | undefined;
  let lost: HistoryLostError | undefined;
  return {
    isAway: () => reason !== undefined,
    reason: () => reason,
    lost: () => lost,
    left(error) {
      if (error instanceof HistoryLostError) lost = error;
      const said = error instanceof Error ? error.message : String(error);
      // Once in an outage, whatever else it says while that lasts: `reason` is what it said last.
      if (reason === undefined)
        log.warn({ err: error }, "the event store is away: what this process knows enough of goes on, provisionally");
      reason = said;
      onLeft();
    },
    back() {
      if (reason === undefined) return;
      reason = undefined;
      log.info({}, "the event store is back");
    },
  };
}
