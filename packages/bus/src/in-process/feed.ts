import type { FeedEvent, FeedHandler, FollowOptions, Subscription } from "../bus.ts";
import { FeedBehindError, FeedGapError, HandlerFailedError, type BusError } from "../errors.ts";
import { throwLoudly } from "../throw-loudly.ts";
import { copyOfEvent } from "./copy.ts";

/** Events that a handler gets at once, at most. */
const batchLimit = 256;

export type Feed = {
  publish(events: readonly FeedEvent[]): number;
  newest(): FeedEvent | undefined;
  /** Events that it was ever given. */
  count(): number;
  follow(handler: FeedHandler, options: FollowOptions): Subscription;
};

/** A feed that keeps its newest `most` events. A follower costs a number; the one that falls behind what is kept is ended, not waited for. */
export function createFeed(most: number): Feed {
  const ring: FeedEvent[] = [];
  const followers = new Set<() => void>();
  // How many events there were before the oldest that is kept: event number n lies at n % most.
  let dropped = 0;
  let newest: FeedEvent | undefined;
  // Position before the first event that the feed was ever given: where who followed an empty feed begins.
  let origin: number | undefined;

  const at = (number: number): FeedEvent | undefined => (number < dropped ? undefined : ring[number % most]);
  const total = (): number => dropped + ring.length;

  const append = (event: FeedEvent): void => {
    newest = copyOfEvent(event);
    origin ??= event.previous;
    if (ring.length < most) {
      ring.push(newest);
      return;
    }
    ring[dropped % most] = newest;
    dropped += 1;
  };

  /** Number of the first kept event after a position. */
  const numberAfter = (position: number): number => {
    let low = dropped;
    let high = total();
    while (low < high) {
      const middle = (low + high) >>> 1;
      if ((at(middle)?.position ?? 0) > position) high = middle;
      else low = middle + 1;
    }
    return low;
  };

  const behind = (after: number): FeedBehindError | undefined => {
    const oldest = at(dropped);
    return oldest !== undefined && oldest.previous > after ? new FeedBehindError(after, oldest.previous) : undefined;
  };

  return {
    publish(events) {
      try {
        for (const event of events) {
          if (newest !== undefined && event.position <= newest.position) continue;
          if (newest !== undefined && event.previous !== newest.position) throw new FeedGapError(newest.position, event.previous);
          append(event);
        }
      } finally {
        for (const wake of followers) wake();
      }
      return newest?.position ?? 0;
    },
    newest: () => newest,
    count: total,
    follow(handler, { after, onEnd = throwLoudly }) {
      const start = after ?? newest?.position;
      const refused = start === undefined ? undefined : behind(start);
      if (refused !== undefined) throw refused;
      let position = start;
      let next = start === undefined ? total() : numberAfter(start);
      let open = true;
      let running: Promise<void> | undefined;

      /** What comes next for this follower, or why nothing can. */
      const take = (): readonly FeedEvent[] | BusError => {
        position ??= origin ?? 0;
        const lost = behind(position);
        if (lost !== undefined) return lost;
        const batch: FeedEvent[] = [];
        for (next = Math.max(next, dropped); next < total() && batch.length < batchLimit; next += 1) {
          const event = at(next);
          if (event !== undefined && event.position > position) batch.push(copyOfEvent(event));
        }
        return batch;
      };

      const end = (error: BusError): void => {
        open = false;
        followers.delete(wake);
        onEnd(error);
      };

      const run = async (): Promise<void> => {
        while (open && next < total()) {
          const batch = take();
          if (!isBatch(batch)) return end(batch);
          const last = batch.at(-1)?.position;
          if (last === undefined) continue;
          try {
            await handler(batch);
          } catch (cause) {
            return end(new HandlerFailedError(last, cause));
          }
          position = last;
        }
      };

      const wake = (): void => {
        if (running !== undefined || !open || next >= total()) return;
        // On a stack of its own: a publisher is never held up by a follower.
        running = Promise.resolve()
          .then(run)
          .finally(() => {
            running = undefined;
            wake();
          });
      };

      followers.add(wake);
      wake();
      return {
        async close() {
          open = false;
          followers.delete(wake);
          await running;
        },
      };
    },
  };
}

const isBatch = (the: readonly FeedEvent[] | BusError): the is readonly FeedEvent[] => Array.isArray(the);
