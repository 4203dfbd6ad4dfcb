import { setTimeout as delay } from "node:timers/promises";
import type { FeedEvent, FeedHandler, FollowOptions, Subscription } from "../bus.ts";
import { BusUnavailableError, FeedBehindError, HandlerFailedError } from "../errors.ts";
import { throwLoudly } from "../throw-loudly.ts";
import type { Link } from "./connection.ts";
import { feedState, newestPlace, placeFrom, sequenceAfter } from "./feed-index.ts";
import { consumerReader, questionReader } from "./feed-readers.ts";
import { eventOf, ifOurs } from "./messages.ts";
import { isPermissionDenied } from "./nats-errors.ts";

const firstPauseMs = 100;
const longestPauseMs = 2_000;

/** Where a follower is: the last position that it has, if any, and the sequence of the stream that comes next. */
type Cursor = { position: number | undefined; seq: number };

/** Follows the feed's stream; who it is and where it stands only the follower knows. A role that may make no consumers asks instead. */
export async function follow(
  link: Link,
  { stream, world }: { readonly stream: string; readonly world: string },
  handler: FeedHandler,
  { after, onEnd = throwLoudly }: FollowOptions,
): Promise<Subscription> {
  const cursor = await startOf(link, stream, after);
  const stop = new AbortController();
  let reader = consumerReader(link, stream);
  let mayMakeConsumers = true;
  /** Nothing came for a while, or a call failed: the stream may be another one by now. */
  let doubtful = false;

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

  /** A stream that was made anew since is shorter than where we are in it: what comes next has another place there. */
  async function seek(): Promise<void> {
    const { first, last } = await feedState(link, stream);
    if (cursor.seq <= last + 1) return;
    cursor.seq = cursor.position === undefined ? first : (await startOf(link, stream, cursor.position)).seq;
  }

  async function fetch(): Promise<void> {
    if (doubtful) await seek();
    doubtful = true;
    let batch: FeedEvent[] = [];
    for await (const { message, seq, more } of reader.read(cursor.seq)) {
      if (stop.signal.aborted) break;
      doubtful = false;
      const event = ifOurs(message, eventOf);
      if (event === undefined) link.reportForeign(message.subject, seq);
      else if (isNext(event)) batch.push(event);
      cursor.seq = seq + 1;
      if (more || batch.length === 0) continue;
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
        if (mayMakeConsumers && isPermissionDenied(error)) {
          mayMakeConsumers = false;
          await reader.close();
          reader = questionReader(link, stream, world);
          continue;
        }
        // The consumer is gone, with its server for one: another, from where we are. The connection's status tells how it stands.
        doubtful = true;
        await delay(pauseMs, undefined, { signal: stop.signal }).catch(() => undefined);
        pauseMs = Math.min(pauseMs * 2, longestPauseMs);
      }
    }
  }

  const running = run();
  return {
    close: async () => {
      stop.abort();
      reader.stop();
      await running;
      await reader.close();
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
