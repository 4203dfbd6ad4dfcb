/**
 * What becomes of the connection: `disconnect`, `reconnecting`, `reconnect`, `close`, `error`, … and where or why. Also `foreign_message`, once
 * per connection: a message on the feed's subjects is no event, `detail` says which; and `dead_letter_lost`: a message of the queue lane that is
 * no command could not be put aside.
 */
export type NatsStatus = { readonly type: string; readonly detail?: string };

export type NatsOptions = {
  /** Addresses such as `nats://127.0.0.1:4222`; one of a cluster is enough. */
  readonly servers: string | readonly string[];
  /** Token of the world's subjects, and part of the names of its streams. */
  readonly world: string;
  /** Name of this connection, as the server's monitoring shows it. */
  readonly name?: string;
  readonly username?: string;
  readonly password?: string;
  /** Hears of every change of the connection. The connection itself is tried again without end. */
  readonly onStatus?: (status: NatsStatus) => void;
  /** Bytes of one message, reply or event; default: what the server takes, less room for headers. */
  readonly maxMessageBytes?: number;
  /** Commands handed out and not acknowledged; default 1,000. */
  readonly handedOutLimit?: number;
  // The limits below hold for streams that this connection creates; those that exist are left as they are.
  /** Commands that the queue lane keeps; default 100,000. */
  readonly queueLimit?: number;
  /** Newest events that the feed keeps; default 1,000,000. */
  readonly feedEvents?: number;
  /** Newest dead letters that are kept; default 10,000. */
  readonly deadLetterLimit?: number;
};
