import { createBucket } from "./bucket.ts";
import type { ConnectionLimits } from "./limits.ts";

/** Lines on their way from a person's keyboard to the game, no faster than the game takes them. */
export type WaitingLines = {
  add(line: string): void;
  /** Lines get their turn from now on. */
  start(): void;
  /** Nothing comes any more; what waits is forgotten. */
  close(): void;
};

export type WaitingLinesOptions = {
  readonly limits: Pick<ConnectionLimits, "burstLines" | "linesPerSecond" | "waitingLines" | "droppedLines">;
  readonly now: () => number;
  readonly deliver: (line: string) => void;
  /** A line was dropped; `isFirst` since the waiting ones last had all had their turn. */
  readonly onDropped: (isFirst: boolean) => void;
  /** More was dropped than may be. */
  readonly onFlood: () => void;
};

export function createWaitingLines({ limits, now, deliver, onDropped, onFlood }: WaitingLinesOptions): WaitingLines {
  const bucket = createBucket(limits.burstLines, limits.linesPerSecond, now);
  const waiting: string[] = [];
  let dropped = 0;
  let timer: NodeJS.Timeout | undefined;
  let state: "stopped" | "started" | "closed" = "stopped";

  const isOpen = (): boolean => state === "started";
  const turn = (): void => {
    timer = undefined;
    // What a line does may close this.
    while (isOpen() && waiting.length > 0 && bucket.take()) deliver(waiting.shift() ?? "");
    if (!isOpen()) return;
    if (waiting.length === 0) dropped = 0;
    else timer = setTimeout(turn, bucket.waitMs());
  };
  const drop = (): void => {
    dropped += 1;
    onDropped(dropped === 1);
    if (dropped > limits.droppedLines) onFlood();
  };

  return {
    add(line) {
      if (state === "closed") return;
      if (isOpen() && waiting.length === 0 && bucket.take()) deliver(line);
      else if (waiting.length >= limits.waitingLines) drop();
      else {
        waiting.push(line);
        if (isOpen()) timer ??= setTimeout(turn, bucket.waitMs());
      }
    },
    start() {
      if (state !== "stopped") return;
      state = "started";
      turn();
    },
    close() {
      state = "closed";
      waiting.length = 0;
      clearTimeout(timer);
    },
  };
}
