import type { NatsPlace, NatsStatus } from "@aethyr/nats";

export type { NatsStatus } from "@aethyr/nats";

export type NatsOptions = NatsPlace & {
  /** Token of the world's subjects, and part of the names of its streams. */
  readonly world: string;
  /**
   * Hears of every change of the connection, which itself is tried again without end. Also of `foreign_message`, once per connection: a message on
   * the feed's subjects is no event, `detail` says which; of `dead_letter_lost`: a message of the queue lane that is no command could not be put
   * aside; and of `lane_renewed`: deliveries of the queue lane may have been lost on their way, so that what is not acknowledged is handed out anew.
   */
  readonly onStatus?: (status: NatsStatus) => void;
  /** Bytes of one message, reply or event; default: what the server takes, less room for headers. */
  readonly maxMessageBytes?: number;
  /** Commands handed out and not acknowledged; default 1,000 for who serves all, 256 for each share. */
  readonly handedOutLimit?: number;
  /**
   * False for a role that may not: it finds the streams, or is told that they do not exist. `feed` for one that may make the feed's only, as
   * who fills it. Default true. What a role may make it makes again, where somebody deletes it meanwhile and this connection is to work on it.
   */
  readonly createStreams?: boolean | "feed";
  /**
   * Partitions of the lanes, fixed where the streams are created (default 32). Named, it must be what they were created with, else connecting
   * rejects with `other_partitions`; without it whatever they have.
   */
  readonly partitions?: number;
  // The rest holds for streams that this connection creates; those that exist are left as they are.
  /** Servers that keep each message; default 3 in a cluster of at least so many, else 1. */
  readonly replicas?: number;
  /** Commands that the queue lane keeps; default 100,000. */
  readonly queueLimit?: number;
  /** Of those, how many for one aggregate; default 1,000. */
  readonly aggregateLimit?: number;
  /** Newest events that the feed keeps; default 1,000,000. */
  readonly feedEvents?: number;
  /** Newest dead letters that are kept; default 10,000. */
  readonly deadLetterLimit?: number;
  /** Bytes that the queue lane's commands take at most, default 256 MiB, as the newest events of the feed, default 1 GiB, and dead letters, default 64 MiB. NATS must have room for them all. */
  readonly queueBytes?: number;
  readonly feedBytes?: number;
  readonly deadLetterBytes?: number;
};
