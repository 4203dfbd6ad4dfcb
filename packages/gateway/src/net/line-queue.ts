import type { ConnectionEnd } from "../connection.ts";
import { ConnectionEndedError } from "../errors.ts";
import { createBucket } from "./bucket.ts";
import type { ConnectionLimits } from "./limits.ts";

/** Lines on their way from a person's keyboard to the game, which takes one when it is ready for it, and none before its turn. */
export type LineQueue = {
  add(line: string): void;
  /** The oldest line, as soon as its rate allows. Asked for once more before it has come, it is the same one. Rejects with `connection_ended`. */
  next(): Promise<string>;
  /** Nothing comes any more; what waits is forgotten, and so is told who waits. */
  close(why: ConnectionEnd): void;
};

export type LineQueueOptions = {
  readonly limits: Pick<ConnectionLimits, "burstLines" | "linesPerSecond" | "waitingLines" | "droppedLines">;
  readonly now: () => number;
  /** A line was dropped; `isFirst` since the waiting ones last had all had their turn. */
  readonly onDropped: (isFirst: boolean) => void;
  /** More was dropped than may be. */
  readonly onFlood: () => void;
};

export function createLineQueue({ limits, now, onDropped, onFlood }: LineQueueOptions): LineQueue {
  const bucket = createBucket(limits.burstLines, limits.linesPerSecond, now);
  const waiting: string[] = [];
  let asked: PromiseWithResolvers<string> | undefined;
  let dropped = 0;
  let timer: NodeJS.Timeout | undefined;
  let ended: ConnectionEnd | undefined;

  const deliver = (): void => {
    if (asked === undefined || waiting.length === 0 || timer !== undefined) return;
    if (!bucket.take()) {
      timer = setTimeout(() => {
        timer = undefined;
        deliver();
      }, bucket.waitMs());
      return;
    }
    const { resolve } = asked;
    asked = undefined;
    resolve(waiting.shift() ?? "");
    if (waiting.length === 0) dropped = 0;
  };
  const drop = (): void => {
    dropped += 1;
    onDropped(dropped === 1);
    if (dropped > limits.droppedLines) onFlood();
  };

  return {
    add(line) {
      if (ended !== undefined) return;
      if (waiting.length >= limits.waitingLines) return drop();
      waiting.push(line);
      deliver();
    },
    next() {
      if (ended !== undefined) return Promise.reject(new ConnectionEndedError(ended));
      asked ??= Promise.withResolvers<string>();
      const { promise } = asked;
      deliver();
      return promise;
    },
    close(why) {
      ended ??= why;
      waiting.length = 0;
      clearTimeout(timer);
      asked?.reject(new ConnectionEndedError(ended));
      asked = undefined;
    },
  };
}
