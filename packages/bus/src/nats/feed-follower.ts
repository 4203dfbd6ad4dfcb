import { setTimeout as delay } from "node:timers/promises";
import { type Consumer, type ConsumerMessages, DeliverPolicy } from "@nats-io/jetstream";
import type { FeedEvent, FeedHandler, FollowOptions, Subscription } from "../bus.ts";
import { BusUnavailableError, FeedBehindError, HandlerFailedError } from "../errors.ts";
import { throwLoudly } from "../throw-loudly.ts";
import type { Link } from "./connection.ts";
import { feedState, newestPlace, placeFrom, sequenceAfter } from "./feed-index.ts";
import { eventOf, ifOurs } from "./messages.ts";

/** Events that a handler gets at once, and that wait for it, at most. */
const batchLimit = 256;
const fetchMs = 30_000;
const firstPauseMs = 100;
const longestPauseMs = 2_000;

/** Where a follower is: the last position that it has, if any, and the sequence of the stream that comes next. */
type Cursor = { position: number | undefined; seq: number };

/** Follows the feed's stream through consumers that the server forgets by itself; who it is and where it stands only the follower knows. */
export async function follow(
  link: Link,
  stream: string,
  handler: FeedHandler,
  { after, onEnd = throwLoudly }: FollowOptions,
): Promise<Subscription> {
  const cursor = await startOf(link, stream, after);
  const stop = new AbortController();
  let consumer: Consumer | undefined;
  let fetching: ConsumerMessages | undefined;

  /** Hands a batch on. What does not follow upon what the reader has is not for it: either it had it, or something is missing. */
  async function hand(batch: readonly FeedEvent[]): Promise<void> {
    const last = batch.at(-1)?.position ?? 0;
    try {
      await handler(batch);
    } catch (cause) {
      throw new HandlerFailedError(last, cause);
    }
  }

  /** Whether the reader does not have it yet. Throws `feed_behind` where something before it is missing. */
  function isNext(event: FeedEvent): boolean {
    const position = cursor.position ?? event.previous;
    if (event.previous > position) throw new FeedBehindError(position, event.previous);
    cursor.position = Math.max(position, event.position);
    return event.position > position;
  }

  async function fetch(): Promise<void> {
    consumer ??= await link.stream.consumers.get(stream, { deliver_policy: DeliverPolicy.StartSequence, opt_start_seq: cursor.seq });
    fetching = await consumer.fetch({ max_messages: batchLimit, expires: fetchMs });
    if (stop.signal.aborted) fetching.stop();
    let batch: FeedEvent[] = [];
    for await (const message of fetching) {
      if (stop.signal.aborted) break;
      const event = ifOurs(message, eventOf);
      if (event === undefined) link.reportForeign(message.subject, message.seq);
      else if (isNext(event)) batch.push(event);
      cursor.seq = message.seq + 1;
      if (fetching.getPending() > 0 || batch.length === 0) continue;
      await hand(batch);
      batch = [];
    }
    if (batch.length > 0 && !stop.signal.aborted) await hand(batch);
  }

  async function run(): Promise<void> {
    let pauseMs = firstPauseMs;
    while (!stop.signal.aborted) {
      try {
        await fetch();
        pauseMs = firstPauseMs;
      } catch (error) {
        if (stop.signal.aborted) return;
        if (error instanceof HandlerFailedError || error instanceof FeedBehindError) return onEnd(error);
        if (!link.isOpen())
          return onEnd(new BusUnavailableError("the connection is lost for good: the feed is not followed any more", { cause: error }));
        // The consumer is gone, with its server for one: another, from where we are. The connection's status tells how it stands.
        consumer = undefined;
        await delay(pauseMs, undefined, { signal: stop.signal }).catch(() => undefined);
        pauseMs = Math.min(pauseMs * 2, longestPauseMs);
      }
    }
  }

  const running = run();
  return {
    close: async () => {
      stop.abort();
      fetching?.stop();
      await running;
      // The server forgets it in any case, a few minutes later.
      if (link.isConnected()) await consumer?.delete().catch(() => undefined);
    },
  };
}

async function startOf(link: Link, stream: string, after: number | undefined): Promise<Cursor> {
  if (after === undefined) {
    const { seq, place } = await newestPlace(link, stream);
    return { position: place?.position, seq: seq + 1 };
  }
  const { first, last } = await feedState(link, stream);
  const oldest = first > last ? undefined : await placeFrom(link, stream, first);
  if (oldest !== undefined && oldest.previous > after) throw new FeedBehindError(after, oldest.previous);
  return { position: after, seq: await sequenceAfter(link, stream, after) };
}
