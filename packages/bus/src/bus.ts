import type { Ref } from "@aethyr/kernel";
import type { Hint, Payload } from "@aethyr/protocol";
import type { BusError } from "./errors.ts";

/** A command on its way to the owner of its aggregate. `id` is the command's id: a lane may drop a repeat that it still remembers. */
export type CommandMessage = Payload & {
  readonly id: string;
  readonly target: Ref;
  /** The sender has sent it before, on whatever lane, so that another copy may still be on its way. Absent where it has not. */
  readonly again?: true;
};

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

/**
 * One partition of the lanes, for its owner. Of two owners the one with the higher epoch has it, whoever began last; every `serve` needs an
 * epoch of its own, so that what the one before left is handed out anew, in order.
 */
export type Share = {
  /** From 0 up to the number of partitions, as `partitionOf` gives it. */
  readonly partition: number;
  /** From 1. */
  readonly epoch: number;
  /** The partition went to a higher epoch, or its lane is gone: nothing is delivered any more, and acknowledging does nothing. */
  readonly onLost?: () => void;
  /**
   * Asked by other hosts about what is in this partition, see `Peers`; must not reject. `close` does not wait for it: what it answers later
   * is sent as long as the connection is open. Absent: nobody answers.
   */
  readonly onQuestion?: (question: Payload) => Promise<Payload>;
};

export type DeadLetter = CommandMessage & {
  readonly reason: string;
  readonly attempts: number;
  /** How many bytes of it were over what the bus carries and are missing at its end; absent where none are. */
  readonly cut?: number;
};

/** A dead letter as it lies there. */
export type KeptLetter = DeadLetter & {
  /** Names it among the dead letters of the world; never given twice. */
  readonly number: number;
  /** When it was put aside, ISO 8601 in UTC. */
  readonly at: string;
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
   * Queue lane: resolved means kept until a host acknowledges it, even if no host is up. At least once. Rejects with `unavailable`, `busy`
   * (too many wait, for this aggregate or of this connection) or `too_large` (nothing was kept), `timeout` (perhaps kept), `closed`. A repeat of an id that the lane remembers is not kept a second time;
   * whether its `onReply` is called is the adapter's choice. `onReply` is called once at most.
   */
  enqueue(message: CommandMessage, options?: { readonly onReply?: (reply: Payload) => void }): Promise<void>;
  /**
   * Request lane: the reply, or rejects with `no_responders` (at once), `timeout` (after `timeoutMs`, default 5,000), `unavailable`,
   * `busy` (too many of this connection), `too_large`, `closed`, or the signal's reason. On `timeout`, `closed` and abort the command may have taken effect.
   */
  request(message: CommandMessage, options?: { readonly timeoutMs?: number; readonly signal?: AbortSignal }): Promise<Payload>;
  /**
   * Takes commands of both lanes; the handler must not throw and answers through the delivery. After `close`, deliveries may still be answered
   * and acknowledged; what is not is handed out again, in order.
   *
   * With a share: those of one partition; a connection may have many. Rejects with `outdated_epoch` when the lane has seen this epoch of the
   * partition or a higher one, and with `other_partitions` for a partition that the lane does not have.
   *
   * Without a share: all there are, one server per connection, else `already_serving`. While several connections serve so, the adapter
   * chooses which gets a command, and keeps the order. That is for worlds with one host at a time: it knows no epochs.
   */
  serve(handler: (delivery: Delivery) => void, share?: Share): Promise<Subscription>;
  /**
   * Puts a command aside that no host can deal with. Whatever is wrong with it can be kept: an id that is none is replaced, bytes over the
   * limit are cut off, the reason becomes one line of up to 500 characters.
   */
  deadLetter(letter: DeadLetter): Promise<void>;
}

/** What was put aside, for operators. */
export interface DeadLetters {
  /** Newest dead letters, the newest first. */
  deadLetters(limit: number): Promise<readonly KeptLetter[]>;
  /** Undefined when there is none of that number, or no longer. */
  findDeadLetter(number: number): Promise<KeptLetter | undefined>;
  /**
   * Sends the command again on the queue lane, under its own id, and removes the letter once it is kept there. False when there is none of
   * that number. Rejects with `not_retryable` for one whose bytes are no whole command, else as `enqueue`; then the letter stays.
   */
  retryDeadLetter(number: number): Promise<boolean>;
  /** Removes it. False when there was none of that number. */
  dropDeadLetter(number: number): Promise<boolean>;
}

/** News that may be lost, come twice or come late: nothing but speed may depend on them. */
export interface Hints {
  /** Tells everybody who listens in this world, this connection's own listeners too. Never fails: without a connection it does nothing. */
  hint(hint: Hint): void;
  /** The handler must not throw, and does not get what was told before this resolved. */
  hints(handler: (hint: Hint) => void): Promise<Subscription>;
}

/** Questions of one host to another. Nothing but speed may depend on them. */
export interface Peers {
  /**
   * Asks whoever has the partition of this aggregate. Rejects with `no_responders` (at once), `timeout` (after `timeoutMs`), `unavailable`,
   * `busy` (too many of this connection), `too_large` (the question, or its answer), `closed`. On `timeout` and `closed` it may have been
   * heard. While a partition changes hands, a former owner that does not know yet may hear it too, and answer.
   */
  askOwner(of: Ref, question: Payload, options: { readonly timeoutMs: number }): Promise<Payload>;
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

export type FeedEnd = {
  /** As `newest` gives it. */
  readonly position: number | undefined;
  /** Of that event, as they were published. */
  readonly bytes?: Uint8Array;
  /** How many messages the feed was ever given, whether or not it still has them; begins anew with a feed that was made anew. */
  readonly count: number;
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
  /** Where the feed ends, and how much it was ever given: of a feed that holds nothing any more, only the count tells how far it had come. */
  end(): Promise<FeedEnd>;
  /**
   * Every event after a position, in order, then live; without `after`: live only. Rejects with `feed_behind` when the feed no longer
   * holds the event after that position (read the event store first). The handler is awaited before the next batch; it may be given events
   * that it had before, so a reader skips positions that it has.
   */
  follow(handler: FeedHandler, options?: FollowOptions): Promise<Subscription>;
}

export interface Bus extends CommandLanes, DeadLetters, EventFeed, Hints, Peers {
  /** Stops subscriptions, waits for handlers, releases the connection. Later calls reject with `closed`. */
  close(): Promise<void>;
}
