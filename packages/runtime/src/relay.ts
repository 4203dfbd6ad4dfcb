import type { EventStore, StoredEvent } from "@aethyr/event-store";
import type { EventFeed, FeedEvent } from "@aethyr/bus";
import { backOffMs } from "./back-off.ts";
import { FeedAheadOfLogError } from "./feed-ahead.ts";
import { lastPublished, type RelayCheckpoints } from "./relay-checkpoint.ts";
import { systemPorts, type Log, type Ports } from "./ports.ts";

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
  /** Finishes what is under way and stops. */
  close(): Promise<void>;
};

const pageEvents = 500;
/** Between two checkpoints. */
const saveEveryMs = 1_000;

/**
 * Publishes the log to the event feed, in the log's order, none missing and none twice: the log is the outbox. Where it goes on is what the
 * feed says is its newest, so that it does not matter how or where it stopped. Rejects with `FeedAheadOfLogError` where the log has not
 * got that far; a relay that finds this later logs it as an error, stops, and tells `onStopped`.
 */
export async function startRelay(parts: RelayParts): Promise<Relay> {
  const { store, bus, log, from, checkpoints, pollMs = 1_000, ports = systemPorts, onPublished, onStopped } = parts;
  let savedPosition: number | undefined;
  let position = await beginning();
  let closed = false;
  let hinted = false;
  let wakeUp: (() => void) | undefined;
  let resting: "for_more" | "after_failure" | undefined;

  async function beginning(): Promise<number> {
    const end = await bus.end();
    const newest = end.position ?? (await lastPublished(store, end, await checkpoints?.load()));
    if (newest === undefined && from === "start") return 0;
    return newest === undefined ? store.head() : inTheLog(newest);
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

  /** What is on the feed was in the log before: a log whose head, asked for afterwards, is less is not the one. */
  async function inTheLog(newest: number): Promise<number> {
    const head = await store.head();
    if (newest > head) throw new FeedAheadOfLogError(newest, head);
    return newest;
  }

  async function publishPage(): Promise<boolean> {
    const page = await store.readAll(position, pageEvents);
    const last = page.at(-1)?.position;
    if (last === undefined) return false;
    const newest = await bus.publish(feedEvents(page, position));
    // Beyond the page where somebody else published it first.
    position = newest > last ? await inTheLog(newest) : newest;
    onPublished?.(position);
    return true;
  }

  async function run(): Promise<void> {
    let failures = 0;
    let savedAt = 0;
    while (!closed) {
      hinted = false;
      try {
        if (failures > 0) {
          // Somebody else may have published meanwhile, or the feed may have lost its end. If it does not say, publishing will.
          const newest = await bus.newest().catch(() => undefined);
          if (newest !== undefined) position = await inTheLog(newest);
        }
        const more = await publishPage();
        failures = 0;
        if (performance.now() - savedAt >= saveEveryMs) {
          await saveCheckpoint();
          savedAt = performance.now();
        }
        if (!more && !hinted) await rest("for_more", pollMs);
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
      hinted = true;
      // A hint does not shorten the pause after a failure: they come with every commit.
      if (resting === "for_more") wakeUp?.();
    },
    published: () => position,
    async close() {
      closed = true;
      wakeUp?.();
      await running;
      await saveCheckpoint();
    },
  };
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
