import type { Ref } from "@aethyr/kernel";
import type { Payload } from "@aethyr/protocol";
import type { BusError } from "./errors.ts";

/** A command on its way to the owner of its aggregate. `id` is the command's id: a lane may drop a repeat that it still remembers. */
export type CommandMessage = Payload & { readonly id: string; readonly target: Ref };

/** A command as it reaches a host. */
export type Delivery = CommandMessage & {
  readonly lane: "queue" | "request";
  /** 1 on the first delivery; more when the queue lane hands it out again. */
  readonly attempt: number;
  /** Sends the reply to whoever waits for it; where nobody does, or after a first reply, it does nothing. Throws `too_large`. */
  respond(reply: Payload): void;
  /**
   * The command is dealt with: the queue lane will not hand it out again. On the request lane, and once it was handed out anew, it does
   * nothing. A command that is to be tried again must not be acknowledged: the lane may take its repeat for a duplicate.
   */
  acknowledge(): void;
};

export type DeadLetter = CommandMessage & {
  readonly reason: string;
  readonly attempts: number;
  /** How many bytes of it were over what the bus carries and are missing at its end; absent where none are. */
  readonly cut?: number;
};

/** An event as the feed carries it: the exact bytes of the store, and its place in the log's order. */
export type FeedEvent = {
  readonly position: number;
  /** Position of the event before it in the log, 0 for the first: a reader sees a gap by itself. */
  readonly previous: number;
  readonly stream: Ref;
  readonly version: number;
  readonly type: string;
  readonly bytes: Uint8Array;
};

export interface Subscription {
  /** Stops; resolves when no handler runs any more, so a handler must not wait for it. */
  close(): Promise<void>;
}

/** Commands of one sender to one aggregate arrive in the order in which they were sent on a lane. */
export interface CommandLanes {
  /**
   * Queue lane: resolved means kept until a host acknowledges it, even if no host is up. At least once. Rejects with `unavailable` or
   * `too_large` (nothing was kept), `timeout` (perhaps kept), `closed`. A repeat of an id that the lane remembers is not kept a second time;
   * whether its `onReply` is called is the adapter's choice. `onReply` is called once at most.
   */
  enqueue(message: CommandMessage, options?: { readonly onReply?: (reply: Payload) => void }): Promise<void>;
  /**
   * Request lane: the reply, or rejects with `no_responders` (at once), `timeout` (after `timeoutMs`, default 5,000), `unavailable`,
   * `too_large`, `closed`, or the signal's reason. On `timeout`, `closed` and abort the command may have taken effect.
   */
  request(message: CommandMessage, options?: { readonly timeoutMs?: number; readonly signal?: AbortSignal }): Promise<Payload>;
  /**
   * Takes commands of both lanes; the handler must not throw and answers through the delivery. One server per connection, else
   * `already_serving`. While several connections serve, the adapter chooses which gets a command, and keeps the order. After `close`,
   * deliveries may still be answered and acknowledged; what is not is handed out again, in order.
   */
  serve(handler: (delivery: Delivery) => void): Promise<Subscription>;
  /**
   * Puts a command aside that no host can deal with. Whatever is wrong with it can be kept: an id that is none is replaced, bytes over the
   * limit are cut off, the reason becomes one line of up to 500 characters.
   */
  deadLetter(letter: DeadLetter): Promise<void>;
  /** Newest dead letters, the newest first. */
  deadLetters(limit: number): Promise<readonly DeadLetter[]>;
}

export type FeedHandler = (events: readonly FeedEvent[]) => void | Promise<void>;

export type FollowOptions = {
  readonly after?: number;
  /**
   * The subscription ended by itself: `feed_behind` (the handler was too slow for what the feed keeps: read the event store, follow anew),
   * `handler_failed`, or the connection is lost for good. Not called on `close`. Without it the error is thrown as an uncaught exception.
   */
  readonly onEnd?: (error: BusError) => void;
};

/** The log's events in the log's order, for whoever wants to follow. Bounded: what is too old is only in the event store. */
export interface EventFeed {
  /**
   * Appends events, in order. Each must follow the feed's newest (`previous` equal to its position); those at or before it are skipped, so
   * that a repeat is harmless; a gap rejects with `feed_gap` and adds nothing after it. An empty feed takes any first event. Resolves to
   * the newest position (0 for no events on an empty feed).
   */
  publish(events: readonly FeedEvent[]): Promise<number>;
  /** Position of the newest event of the feed; undefined while it is empty. */
  newest(): Promise<number | undefined>;
  /**
   * Every event after a position, in order, then live; without `after`: live only. Rejects with `feed_behind` when the feed no longer
   * holds the event after that position (read the event store first). The handler is awaited before the next batch; it may be given events
   * that it had before, so a reader skips positions that it has.
   */
  follow(handler: FeedHandler, options?: FollowOptions): Promise<Subscription>;
}

export interface Bus extends CommandLanes, EventFeed {
  /** Stops subscriptions, waits for handlers, releases the connection. Later calls reject with `closed`. */
  close(): Promise<void>;
}
