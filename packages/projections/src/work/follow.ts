import type { StoredEvent } from "@aethyr/event-store";
import { followLog, type FollowParts } from "@aethyr/follower";
import type { Copy } from "../registry/copies.ts";

/**
 * The events that a copy is to be given after its checkpoint, batch by batch, the next one read while one is applied. A copy with an end ends
 * there: at a position, or before the first event that was recorded after a time.
 */
export async function* eventsFor(
  parts: FollowParts,
  { position, until }: Pick<Copy, "position" | "until">,
  batchEvents: number,
  signal: AbortSignal,
): AsyncGenerator<readonly StoredEvent[], void> {
  // Whoever stops reading, because something failed, does not wait for an event that may never come.
  const over = new AbortController();
  const ended = AbortSignal.any([signal, over.signal]);
  const source = followLog(parts, { after: position, follow: until === null, signal: ended, pageEvents: batchEvents });
  let next = source.next();
  try {
    for (;;) {
      const { done, value: events } = await next;
      if (done === true || signal.aborted) return;
      const wanted = upTo(events, until);
      const ended = wanted.length < events.length;
      if (!ended) {
        next = source.next();
        // Seen when it is awaited, or nobody's any more.
        next.catch(() => undefined);
      }
      if (wanted.length > 0) yield wanted;
      if (ended) return;
    }
  } finally {
    over.abort();
    await source.return();
  }
}

function upTo(events: readonly StoredEvent[], until: Copy["until"]): readonly StoredEvent[] {
  if (until === null) return events;
  const end = events.findIndex((event) => ("position" in until ? event.position > until.position : event.time > until.time));
  return end === -1 ? events : events.slice(0, end);
}
