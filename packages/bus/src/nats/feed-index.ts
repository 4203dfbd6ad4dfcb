import type { FeedEvent } from "../bus.ts";
import { BusUnavailableError } from "../errors.ts";
import type { Link } from "./connection.ts";
import { eventOf, ifOurs, received } from "./messages.ts";

export type Place = { readonly position: number; readonly previous: number };

/** The feed's stream at a moment: sequences `first` to `last`, none if `last` is below `first`. */
export type FeedState = { readonly first: number; readonly last: number };

/** Sequences without an event of ours, one beside the other, that are looked through before we give up. */
const maxForeign = 1_000;

export async function feedState(link: Link, stream: string): Promise<FeedState> {
  const { state } = await link.manager.streams.info(stream);
  return { first: state.messages === 0 ? state.last_seq + 1 : state.first_seq, last: state.last_seq };
}

/**
 * Sequence of the feed's end, and its newest event: behind it there may be messages that another client put there, or none where
 * an operator took them out. Rejects with `unavailable` where there are too many of them.
 */
export async function newestPlace(link: Link, stream: string): Promise<{ readonly seq: number; readonly place: FeedEvent | undefined }> {
  const { first, last } = await feedState(link, stream);
  for (let seq = last; seq >= first; seq -= 1) {
    if (last - seq >= maxForeign) throw tooManyForeign(stream);
    const message = await link.manager.streams.getMessage(stream, { seq });
    const place = message === null ? undefined : ifOurs(received(message), eventOf);
    if (place !== undefined) return { seq: last, place };
  }
  return { seq: last, place: undefined };
}

/** The first event at a sequence or after it. Rejects with `unavailable` where too many foreign messages lie before it. */
export async function placeFrom(link: Link, stream: string, start: number): Promise<(Place & { readonly seq: number }) | undefined> {
  let seq = start;
  for (let foreign = 0; foreign < maxForeign; foreign += 1) {
    const query = { seq, next_by_subj: ">" };
    const message = await link.manager.streams.getMessage(stream, query);
    if (message === null) return undefined;
    const place = ifOurs(received(message), eventOf);
    if (place !== undefined) return { position: place.position, previous: place.previous, seq: message.seq };
    seq = message.seq + 1;
  }
  throw tooManyForeign(stream);
}

/** A sequence from which on every event has a position greater than `after`, and before which none has; behind the last if there is none. */
export async function sequenceAfter(link: Link, stream: string, after: number): Promise<number> {
  const { first, last } = await feedState(link, stream);
  let low = first;
  let high = last + 1;
  while (low < high) {
    const middle = Math.floor((low + high) / 2);
    const place = await placeFrom(link, stream, middle);
    if (place === undefined || place.position > after) high = middle;
    else low = place.seq + 1;
  }
  return low;
}

const tooManyForeign = (stream: string): BusUnavailableError =>
  new BusUnavailableError(
    `${maxForeign} messages of stream ${stream}, one after the other, are no events: take them out of it, and forbid their sender to publish there`,
  );
