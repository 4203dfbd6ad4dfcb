import type { StoredEvent } from "@aethyr/event-store";
import { pathOf } from "@aethyr/kernel";
import { EventGapError } from "../errors.ts";

/** Streams whose version is remembered, to see that none of their events is missing. */
const rememberedStreams = 10_000;

/** Holds what is to be applied against the order of the log. */
export type Order = {
  /** The events that come after what was taken before; a repeat is left out. Throws `EventGapError` for disorder and for holes in a stream. */
  take(events: readonly StoredEvent[]): readonly StoredEvent[];
};

/** After a position, whose events were taken before: of streams that are not new since then, the first version is not known. */
export function createOrder(after: number): Order {
  let position = after;
  const versions = new Map<string, number>();
  return {
    take(events) {
      const fresh: StoredEvent[] = [];
      let last = position;
      let inBatch = Number.NEGATIVE_INFINITY;
      for (const event of events) {
        if (event.position <= inBatch)
          throw new EventGapError(`position ${event.position} came after ${inBatch}: the events are out of order`, {
            position: event.position,
            after: inBatch,
          });
        inBatch = event.position;
        if (event.position <= last) continue;
        const path = pathOf(event.stream);
        const before = versions.get(path) ?? (after === 0 && versions.size < rememberedStreams ? 0 : undefined);
        if (before !== undefined && event.version !== before + 1)
          throw new EventGapError(
            `version ${event.version} of ${path} came after ${before}, at position ${event.position}: an event is missing`,
            {
              stream: path,
              version: event.version,
              after: before,
              position: event.position,
            },
          );
        if (versions.size < rememberedStreams || versions.has(path)) versions.set(path, event.version);
        last = event.position;
        fresh.push(event);
      }
      position = last;
      return fresh;
    },
  };
}
