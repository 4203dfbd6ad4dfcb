import type { BusError, EventFeed, FeedEvent, Subscription } from "@aethyr/bus";
import { decodeEvent, type EventStore, type StoredEvent } from "@aethyr/event-store";
import { pathOf } from "@aethyr/kernel";
import { FeedAstrayError } from "./errors.ts";

export type FollowParts = { readonly store: Pick<EventStore, "head" | "readAll">; readonly feed: Pick<EventFeed, "follow"> };
export type FollowFrom = {
  /** Only events after this position; without it, only those from now on. */
  readonly after?: number;
  /** Go on with what happens from now on; otherwise end at the head. */
  readonly follow: boolean;
  readonly signal: AbortSignal;
  /** Most events of a batch that is read from the store, 1–1000; default 100, for readers that keep a batch for as long as they like. */
  readonly pageEvents?: number;
};

/**
 * The log after a position in its order, none missing and none twice, batch by batch: first from the store, then from the feed as things
 * happen. Where the feed no longer has what comes next, the store has. Ends at the head, or with the signal.
 */
export async function* followLog(
  { store, feed }: FollowParts,
  { after, follow, signal, pageEvents = 100 }: FollowFrom,
): AsyncGenerator<readonly StoredEvent[], void> {
  const head = follow && after !== undefined ? Number.POSITIVE_INFINITY : await store.head();
  let position = after ?? head;
  let idleRounds = 0;
  do {
    const before = position;
    while (!signal.aborted && (follow || position < head)) {
      const page = await store.readAll(position, pageEvents);
      const wanted = follow ? page : page.filter((event) => event.position <= head);
      if (wanted.length === 0) break;
      position = wanted.at(-1)?.position ?? position;
      yield wanted;
    }
    if (!follow || signal.aborted) return;
    for await (const events of fromFeed(feed, position, signal)) {
      position = events.at(-1)?.position ?? position;
      yield events;
    }
    idleRounds = position === before ? idleRounds + 1 : 0;
    if (idleRounds > 2 && !signal.aborted) throw new FeedAstrayError(position);
  } while (!signal.aborted);
}

/** What the feed has after a position. Ends with the signal, or when the store is to be read again because the feed has a gap before its next event. */
async function* fromFeed(
  feed: Pick<EventFeed, "follow">,
  after: number,
  signal: AbortSignal,
): AsyncGenerator<readonly StoredEvent[], void> {
  let position = after;
  let arrived: readonly FeedEvent[] | undefined;
  let failed: BusError | undefined;
  let arrival = Promise.withResolvers<void>();
  let taken = Promise.withResolvers<void>();
  const wake = (): void => arrival.resolve();

  let subscription: Subscription;
  try {
    subscription = await feed.follow(
      (events) => {
        arrived = events;
        wake();
        // The feed gives the next batch when this one is read: a slow reader holds up nobody but itself.
        return taken.promise;
      },
      {
        after: position,
        onEnd(error) {
          failed = error;
          wake();
        },
      },
    );
  } catch (error) {
    if (signal.aborted || isBehind(error)) return;
    throw error;
  }
  signal.addEventListener("abort", wake);
  try {
    for (;;) {
      if (!signal.aborted && arrived === undefined && failed === undefined) await arrival.promise;
      if (signal.aborted) return;
      if (failed !== undefined) {
        if (isBehind(failed)) return;
        throw failed;
      }
      const fresh = (arrived ?? []).filter((event) => event.position > position);
      const next = withoutGap(fresh, position);
      if (next.length > 0) {
        position = next.at(-1)?.position ?? position;
        yield next.map((event) => decodeEvent(event.bytes, event.position, { stream: pathOf(event.stream), version: event.version }));
      }
      if (next.length < fresh.length) return;
      const done = taken;
      arrived = undefined;
      arrival = Promise.withResolvers();
      taken = Promise.withResolvers();
      done.resolve();
    }
  } finally {
    signal.removeEventListener("abort", wake);
    taken.resolve();
    await subscription.close();
  }
}

/** The events up to the first that something is missing before. */
function withoutGap(events: readonly FeedEvent[], after: number): readonly FeedEvent[] {
  const gap = events.findIndex((event, index) => event.previous > (events[index - 1]?.position ?? after));
  return gap === -1 ? events : events.slice(0, gap);
}

const isBehind = (error: unknown): boolean => error instanceof Error && "code" in error && error.code === "feed_behind";
