import type { StoredEvent } from "@aethyr/event-store";
import { followLog, type FollowParts } from "@aethyr/follower";

/** Events that are kept for the readers that come after the first one. */
const keptEvents = 8_000;

/** A log for several readers: what one has read, or what has arrived by the feed, is read and decoded once for all that are not far apart. */
export type SharedLog = {
  readonly head: () => Promise<number>;
  /** The event at a position, as the log has it now: asked of the log itself, and not of what was read before. */
  readonly eventAt: (position: number) => Promise<StoredEvent | undefined>;
  /** What was read before is of another log. */
  readonly forget: () => Promise<void>;
  /** Events after a position, in their order: those that are there, `pageEvents` at most. None at the end of the log. */
  readonly read: (position: number) => Promise<readonly StoredEvent[]>;
  /** The same, but waits at the end of the log for what happens next. None when the signal aborts. Rejects with what the feed fails with. */
  readonly follow: (position: number, signal: AbortSignal) => Promise<readonly StoredEvent[]>;
  readonly close: () => Promise<void>;
};

/** Events of the log after a position, none missing. */
type Span = { readonly after: number; readonly events: readonly StoredEvent[] };

const endOf = ({ after, events }: Span): number => events.at(-1)?.position ?? after;

/** Takes what happens after a position. `arrival` resolves when there is more. */
type Tail = { readonly from: number; readonly arrival: () => Promise<void>; readonly close: () => Promise<void> };

export function shareLog(parts: FollowParts, pageEvents: number): SharedLog {
  const { store } = parts;
  const reading = new Map<number, Promise<readonly StoredEvent[]>>();
  const proving = new Map<number, Promise<StoredEvent | undefined>>();
  let spans: readonly Span[] = [];
  let tail: Tail | undefined;

  function keep(span: Span): void {
    const last = spans.at(-1);
    // What arrives in small parts is kept in larger ones.
    const joined = last !== undefined && endOf(last) === span.after && last.events.length + span.events.length <= pageEvents;
    const all = joined ? [...spans.slice(0, -1), { after: last.after, events: [...last.events, ...span.events] }] : [...spans, span];
    let kept = 0;
    const first = all.findLastIndex(({ events }) => (kept += events.length) > keptEvents);
    spans = all.slice(first + 1);
  }

  function kept(position: number): readonly StoredEvent[] {
    const span = spans.find((each) => each.after <= position && position < endOf(each));
    if (span === undefined || span.after === position) return span?.events ?? [];
    return span.events.slice(span.events.findIndex((event) => event.position > position));
  }

  async function read(position: number): Promise<readonly StoredEvent[]> {
    const known = kept(position);
    if (known.length > 0) return known;
    const begun = reading.get(position);
    if (begun !== undefined) return begun;
    const page = store.readAll(position, pageEvents);
    reading.set(position, page);
    try {
      const events = await page;
      if (events.length > 0) keep({ after: position, events });
      return events;
    } finally {
      reading.delete(position);
    }
  }

  function startTail(after: number): Tail {
    const closing = new AbortController();
    let arrival = Promise.withResolvers<void>();
    async function run(): Promise<void> {
      let position = after;
      for await (const events of followLog(parts, { after, follow: true, signal: closing.signal, pageEvents })) {
        keep({ after: position, events });
        position = events.at(-1)?.position ?? position;
        arrival.resolve();
        arrival = Promise.withResolvers();
      }
    }
    const running = run()
      .catch((error: unknown) => {
        arrival.reject(error);
        // Seen by those who wait. Where nobody does, the next one meets the same failure.
        arrival.promise.catch(() => undefined);
      })
      .finally(() => {
        tail = undefined;
        // Who waits sees for themselves what there is now.
        arrival.resolve();
      });
    return {
      from: after,
      arrival: () => arrival.promise,
      async close() {
        closing.abort();
        await running;
      },
    };
  }

  return {
    head: () => store.head(),
    eventAt(position) {
      // Copies that are at one place ask at one time.
      const asked =
        proving.get(position) ??
        store
          .readAll(position - 1, 1)
          .then(([event]) => (event?.position === position ? event : undefined))
          .finally(() => proving.delete(position));
      proving.set(position, asked);
      return asked;
    },
    async forget() {
      spans = [];
      reading.clear();
      await tail?.close();
    },
    read,
    async follow(position, signal) {
      const aborted = Promise.withResolvers<void>();
      const abort = (): void => aborted.resolve();
      signal.addEventListener("abort", abort);
      try {
        while (!signal.aborted) {
          const known = kept(position);
          if (known.length > 0) return known;
          if (tail !== undefined && tail.from <= position) await Promise.race([tail.arrival(), aborted.promise]);
          else {
            const events = await read(position);
            if (events.length > 0) return events;
            tail ??= startTail(position);
          }
        }
        return [];
      } finally {
        signal.removeEventListener("abort", abort);
      }
    },
    async close() {
      await tail?.close();
    },
  };
}
