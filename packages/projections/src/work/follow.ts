import type { StoredEvent } from "@aethyr/event-store";
import type { Copy } from "../registry/copies.ts";
import type { SharedLog } from "./shared-log.ts";

/**
 * The events that a copy is to be given after its checkpoint, batch by batch, the next one read while one is applied. A copy with an end ends
 * there: at a position, before the first event that was recorded after a time, or where the log ends now.
 */
export async function* eventsFor(
  log: Pick<SharedLog, "head" | "read" | "follow">,
  { position: checkpoint, until }: Pick<Copy, "position" | "until">,
  signal: AbortSignal,
): AsyncGenerator<readonly StoredEvent[], void> {
  const end = until === null ? Number.POSITIVE_INFINITY : await log.head();
  // Whoever stops reading, because something failed, does not wait for an event that may never come.
  const over = new AbortController();
  const ended = AbortSignal.any([signal, over.signal]);
  const after = async (position: number): Promise<readonly StoredEvent[]> => {
    if (position >= end) return [];
    return until === null ? log.follow(position, ended) : log.read(position);
  };
  let next = after(checkpoint);
  try {
    for (;;) {
      const events = await next;
      const last = events.at(-1);
      if (last === undefined || signal.aborted) return;
      const wanted = upTo(events, end, until);
      if (wanted.length === events.length) {
        next = after(last.position);
        // Seen when it is awaited, or nobody's any more.
        next.catch(() => undefined);
      }
      if (wanted.length > 0) yield wanted;
      if (wanted.length < events.length) return;
    }
  } finally {
    over.abort();
  }
}

function upTo(events: readonly StoredEvent[], end: number, until: Copy["until"]): readonly StoredEvent[] {
  const isBeyond = ({ position, time }: StoredEvent): boolean =>
    position > end || (until !== null && ("position" in until ? position > until.position : time > until.time));
  const first = events.findIndex(isBeyond);
  return first === -1 ? events : events.slice(0, first);
}
