import { subjectOf } from "@aethyr/protocol";
import type { FeedEvent } from "../bus.ts";
import { BusUnavailableError, FeedGapError } from "../errors.ts";
import { callTimeoutMs, type Link } from "./connection.ts";
import { newestPlace } from "./feed-index.ts";
import { eventHeaders, eventIdOf } from "./messages.ts";
import { checkSize, toBusError } from "./nats-errors.ts";

/** Events on their way at once. */
const window = 256;
const maxAttempts = 5;

type Newest = { readonly seq: number; readonly position: number | undefined };

/**
 * Publishes events where the feed ends, and nowhere else: each names the sequence that it follows, so that whoever publishes beside us, or
 * a repeat of our own, can put nothing in twice or out of order.
 */
export function createPublisher(link: Link, world: string, stream: string): (events: readonly FeedEvent[]) => Promise<number> {
  let before: Promise<unknown> = Promise.resolve();
  let known: Newest | undefined;

  const find = async (): Promise<Newest> => {
    const { seq, place } = await newestPlace(link, stream);
    return { seq, position: place?.position };
  };

  async function publishAll(events: readonly FeedEvent[]): Promise<number> {
    // Who publishes again what was published may know better: the feed may have been made anew.
    let newest = known !== undefined && known.position === events[0]?.previous ? known : await find();
    known = undefined;
    let failures = 0;
    for (;;) {
      const at = newest.position;
      const open = at === undefined ? events : events.filter(({ position }) => position > at);
      const part = open.slice(0, window);
      const fitting = followersOf(newest.position, part);
      if (fitting.length > 0) {
        try {
          await send(newest.seq, fitting);
          newest = { seq: newest.seq + fitting.length, position: fitting.at(-1)?.position };
        } catch (error) {
          // Another publisher was quicker, or the answer was lost: what the feed holds now tells how far we are.
          failures += 1;
          if (failures >= maxAttempts || !link.isOpen()) throw error;
          const found = await find();
          if (found.seq < newest.seq)
            throw new BusUnavailableError("the feed was made anew meanwhile: publish what it is to hold", { cause: error });
          newest = found;
        }
        continue;
      }
      const [next] = part;
      known = newest;
      if (next !== undefined) throw new FeedGapError(newest.position ?? 0, next.previous);
      return newest.position ?? 0;
    }
  }

  async function send(after: number, events: readonly FeedEvent[]): Promise<void> {
    // Each expects the one before it, so that after one that fails none gets in; what is sent is waited for even then. The sequence alone
    // is not enough: foreign messages may take the places of those that failed, and the next would follow upon them.
    const sent = await Promise.allSettled(
      events.map((event, index) => {
        const former = events[index - 1];
        return link.stream.publish(subjectOf("event", world, event.stream), event.bytes, {
          headers: eventHeaders(event),
          expect: { lastSequence: after + index, ...(former === undefined ? {} : { lastMsgID: eventIdOf(former) }) },
        });
      }),
    );
    for (const one of sent) {
      if (one.status === "rejected") throw toBusError(one.reason, "publish events", callTimeoutMs);
      // The server remembers the id of an event that the feed does not hold any more, and has kept nothing.
      if (one.value.duplicate)
        throw new BusUnavailableError("NATS took an event for a repeat of one that the feed has lost: try again later");
    }
  }

  return async (events) => {
    for (const { bytes } of events) checkSize(bytes, link.maxBytes);
    const turn = before.then(() => publishAll(events));
    before = turn.catch(() => undefined);
    return turn;
  };
}

/** As many of the events, from the first, as follow one upon the other. An empty feed takes any first event. */
function followersOf(newest: number | undefined, events: readonly FeedEvent[]): readonly FeedEvent[] {
  let end = newest;
  const gap = events.findIndex(({ position, previous }) => {
    if (end !== undefined && previous !== end) return true;
    end = position;
    return false;
  });
  return gap < 0 ? events : events.slice(0, gap);
}
