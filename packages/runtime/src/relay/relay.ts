import { backOffMs } from "@aethyr/async";
import { CorruptStoreError, decodeEvent, type EventStore, type StoredEvent } from "@aethyr/event-store";
import type { EventFeed, FeedEnd, FeedEvent } from "@aethyr/bus";
import { FeedAheadOfLogError } from "./feed-ahead.ts";
import { lastPublished, type RelayCheckpoints } from "./relay-checkpoint.ts";
import { systemPorts, type Log, type Ports } from "../ports.ts";

export type RelayParts = {
  readonly store: EventStore;
  readonly bus: EventFeed;
  readonly log: Log;
  /** Where an empty feed begins: with the whole log, or with what comes from now on. A feed that has events goes on after its newest. */
  readonly from: "start" | "head";
  /** Where it keeps how far the feed has come, for a feed that loses its events by age; without it such a feed begins as `from` says. */
  readonly checkpoints?: RelayCheckpoints;
  /** How often it looks by itself, in case a hint is lost. */
  readonly pollMs?: number;
  readonly ports?: Pick<Ports, "random">;
  /** Told after each publication. */
  readonly onPublished?: (position: number) => void;
  /** Told once, if it stops by itself: nothing more comes to the feed, so that whoever takes commands should stop, too. */
  readonly onStopped?: (error: FeedAheadOfLogError) => void;
};

export type Relay = {
  /** The log has grown up to this position. */
  hint(position: number): void;
  /** Position up to which everything is on the feed. */
  published(): number;
  /** When it was last done with a look at the log, or began, as `performance.now()` has it: long ago where it cannot do its work. */
  workedAt(): number;
  /** Finishes what is under way and stops. */
  close(): Promise<void>;
};

const pageEvents = 500;
/** Between two checkpoints. */
const saveEveryMs = 1_000;
/** Of a world where nothing happens, between two looks at its feed. */
const pollsPerLook = 5;

/**
 * Publishes the log to the event feed, in the log's order, none missing and none twice: the log is the outbox. Where it goes on is what the
 * feed says is its newest, so that it does not matter how or where it stopped; a feed that is found anew and empty while it runs gets the whole log
 * again, where it begins with that. Rejects with `FeedAheadOfLogError` where the log has not
 * got that far; a relay that finds this later logs it as an error, stops, and tells `onStopped`.
 */
export async function startRelay(parts: RelayParts): Promise<Relay> {
  const { store, bus, log, from, checkpoints, pollMs = 1_000, ports = systemPorts, onPublished, onStopped } = parts;
  let savedPosition: number | undefined;
  let position = await beginning();
  let workedAt = performance.now();
  let closed = false;
  /** Where the log was seen to end since the present look at it began. */
  let hinted = 0;
  let wakeUp: (() => void) | undefined;
  let resting: "for_more" | "after_failure" | undefined;

  async function beginning(): Promise<number> {
    const end = await bus.end();
    const newest = end.position ?? (await lastPublished(store, end, await checkpoints?.load()));
    if (newest === undefined && from === "start") return 0;
    return newest === undefined ? store.head() : inTheLog({ ...end, position: newest });
  }

  /** What it says is true of one moment, whoever publishes besides. A checkpoint that cannot be saved is older than it could be, no more. */
  async function saveCheckpoint(): Promise<void> {
    if (checkpoints === undefined || savedPosition === position) return;
    try {
      const { position: newest, count } = await bus.end();
      if (newest === undefined) return;
      await checkpoints.save({ position: newest, count });
      savedPosition = newest;
    } catch (error) {
      log.warn({ err: error, position }, "the relay's checkpoint could not be saved: it is tried again");
    }
  }

  /** What is on the feed was in the log before: a log whose head, asked for afterwards, is less, or that has another event there, is not the one. */
  async function inTheLog({ position: newest, bytes }: Pick<FeedEnd, "bytes"> & { readonly position: number }): Promise<number> {
    const head = await store.head();
    if (newest > head) throw new FeedAheadOfLogError(newest, head);
    if (bytes !== undefined) {
      const [there] = await store.readAll(newest - 1, 1);
      if (there?.position !== newest || there.id !== eventIdIn(bytes, newest)) throw new FeedAheadOfLogError(newest, head, true);
    }
    return newest;
  }

  /** How many events the log had to publish. */
  async function publishPage(): Promise<number> {
    const page = await store.readAll(position, pageEvents);
    const last = page.at(-1)?.position;
    if (last === undefined) return 0;
    const newest = await bus.publish(feedEvents(page, position));
    // Beyond the page where somebody else published it first.
    position = newest > last ? await inTheLog({ position: newest }) : newest;
    onPublished?.(position);
    return page.length;
  }

  /** Somebody else may have published, or the feed may have lost its end. One that was made anew gets everything again. */
  async function goOnAfter({ position: newest, count, bytes }: FeedEnd): Promise<void> {
    if (newest !== undefined) position = await inTheLog({ position: newest, ...(bytes && { bytes }) });
    else if (count === 0 && from === "start") position = 0;
  }

  async function run(): Promise<void> {
    let failures = 0;
    let savedAt = 0;
    let idlePolls = 0;
    while (!closed) {
      hinted = 0;
      try {
        if (failures > 0 || idlePolls === pollsPerLook) {
          idlePolls = 0;
          // After a failure: if it does not say, publishing will.
          const end = await (failures > 0 ? bus.end().catch(() => undefined) : bus.end());
          if (end !== undefined) await goOnAfter(end);
        }
        const events = await publishPage();
        failures = 0;
        workedAt = performance.now();
        idlePolls = events > 0 ? 0 : idlePolls + 1;
        if (performance.now() - savedAt >= saveEveryMs) {
          await saveCheckpoint();
          savedAt = performance.now();
        }
        // A page that is not full was the end of the log.
        if (events < pageEvents && hinted <= position) await rest("for_more", pollMs);
      } catch (error) {
        if (error instanceof FeedAheadOfLogError) {
          log.error({ err: error, position }, "the relay stops: the feed has events that the log does not have");
          onStopped?.(error);
          return;
        }
        failures += 1;
        log.warn({ err: error, position, failures }, "the relay cannot go on: trying again");
        await rest("after_failure", backOffMs(failures, ports.random));
      }
    }
  }

  async function rest(why: "for_more" | "after_failure", ms: number): Promise<void> {
    if (closed) return;
    resting = why;
    await new Promise<void>((resolve) => {
      const timer = setTimeout(resolve, ms);
      wakeUp = () => {
        clearTimeout(timer);
        resolve();
      };
    });
    resting = undefined;
  }

  const running = run();
  return {
    hint(newest) {
      if (newest <= position) return;
      hinted = Math.max(hinted, newest);
      // A hint does not shorten the pause after a failure: they come with every commit.
      if (resting === "for_more") wakeUp?.();
    },
    published: () => position,
    workedAt: () => workedAt,
    async close() {
      closed = true;
      wakeUp?.();
      await running;
      await saveCheckpoint();
    },
  };
}

/** Undefined where they are no event of a log. */
function eventIdIn(bytes: Uint8Array, position: number): string | undefined {
  try {
    return decodeEvent(bytes, position).id;
  } catch (error) {
    if (error instanceof CorruptStoreError) return undefined;
    throw error;
  }
}

/** Events of the log as the feed carries them: the exact stored bytes, each naming the one before it. */
export function feedEvents(events: readonly StoredEvent[], after: number): readonly FeedEvent[] {
  let previous = after;
  return events.map(({ position, stream, version, type, bytes }) => {
    const event = { position, previous, stream, version, type, bytes };
    previous = position;
    return event;
  });
}
