import { AethyrError, type Json } from "@aethyr/kernel";

/** Any failure of a bus: see the code. */
export class BusError extends AethyrError {}

/** Nobody serves commands at the moment. Nothing happened: try again, or use the queue lane. */
export class NoRespondersError extends BusError {
  constructor(details: Readonly<Record<string, Json>> = {}) {
    super("no_responders", "no host serves this aggregate at the moment: try again, or send it on the queue lane", details);
  }
}

/** No reply came in time. The command may have taken effect: send it again under the same id. */
export class BusTimeoutError extends BusError {
  constructor(timeoutMs: number) {
    super("timeout", `no reply within ${timeoutMs} ms: send the command again under the same id`, { timeoutMs });
  }
}

/** The event does not follow the feed's newest: events between are missing. */
export class FeedGapError extends BusError {
  constructor(newest: number, previous: number) {
    super("feed_gap", `the feed ends at position ${newest}, the event follows ${previous}: publish what lies between first`, {
      newest,
      previous,
    });
  }
}

/** The feed no longer holds what the reader asks for: read the event store up to the feed's oldest event first. */
export class FeedBehindError extends BusError {
  constructor(after: number, oldest: number) {
    super(
      "feed_behind",
      `the feed begins after position ${oldest}, asked for events after ${after}: read the event store up to ${oldest} first`,
      { after, oldest },
    );
  }
}

/** The queue lane was closed to divide it otherwise, and what waits in it is not carried over yet. */
export class LaneInTransitError extends BusError {
  constructor(stream: string, partitions: number, asked: number) {
    super(
      "lane_in_transit",
      `stream ${stream} is being divided into ${partitions} partitions, which was interrupted: finish that before it is divided into ${asked}`,
      { stream, partitions, asked },
    );
  }
}

/** The message is larger than the bus carries. */
export class MessageTooLargeError extends BusError {
  constructor(limit: number, actual: number) {
    super("too_large", `${actual} bytes are over the bus's limit of ${limit}`, { limit, actual });
  }
}

/** The lane is full, or its server cannot be reached: nothing was kept. */
export class BusUnavailableError extends BusError {
  constructor(message: string, options?: ErrorOptions) {
    super("unavailable", message, {}, options);
  }
}

/** Too many commands wait: for this aggregate on the queue lane, or of this connection for an answer. Nothing was kept. */
export class BusBusyError extends BusError {
  constructor(what: string, options?: ErrorOptions) {
    super("busy", `${what}: nothing was kept, send it again later, and fewer at once`, {}, options);
  }
}

/** The lane has seen this epoch of the partition, or a higher one: somebody else owns it now, or did after us. */
export class OutdatedEpochError extends BusError {
  constructor(partition: number, epoch: number, seen: number) {
    super(
      "outdated_epoch",
      `epoch ${seen} of partition ${partition} has been served, ${epoch} comes too late: own it anew, under a higher one`,
      {
        partition,
        epoch,
        seen,
      },
    );
  }
}

/** The lanes of the world are not divided as asked for. */
export class PartitionsError extends BusError {
  constructor(message: string, details: Readonly<Record<string, Json>>) {
    super("other_partitions", message, details);
  }
}

/** What was put aside is not a whole command, so it cannot be sent again. */
export class NotRetryableError extends BusError {
  constructor(number: number, why: string) {
    super("not_retryable", `dead letter ${number} cannot be sent again: ${why}. Read it, then drop it`, { number });
  }
}

/** The server cannot do what the bus needs. */
export class UnsupportedServerError extends BusError {
  constructor(version: string, least: string) {
    super("unsupported_server", `nats-server ${version} is too old: this needs ${least} or newer`, { version, least });
  }
}

/** The bus was closed. */
export class BusClosedError extends BusError {
  constructor() {
    super("closed", "the bus is closed");
  }
}

/** This connection already serves commands. Close that subscription first, or open another connection. */
export class AlreadyServingError extends BusError {
  constructor() {
    super("already_serving", "this connection already serves commands: close that subscription first, or open another connection");
  }
}

/** A follower's handler failed, so its subscription ended: `cause` is what it threw. Mend it, then follow from where it stopped. */
export class HandlerFailedError extends BusError {
  constructor(position: number, cause: unknown) {
    super(
      "handler_failed",
      `the handler failed on the batch that ends at position ${position}; nothing after it was delivered`,
      { position },
      { cause },
    );
  }
}
