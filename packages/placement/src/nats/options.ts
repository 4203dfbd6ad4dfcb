import type { NatsPlace, NatsStatus } from "@aethyr/nats";

export type NatsBoardOptions = NatsPlace & {
  /** Token of the world's subjects, and part of the names of its buckets. */
  readonly world: string;
  /**
   * Hears of every change of the connection, which is tried again without end; also of `unreadable`, an entry of a bucket that is not ours, and
   * `resync_failed`.
   */
  readonly onStatus?: (status: NatsStatus) => void;
  /** How long a call may take, in milliseconds. Default 2,000. */
  readonly callTimeoutMs?: number;
  /** Between two looks at everything, in milliseconds, in case news were lost. Default 10,000. */
  readonly resyncMs?: number;
  /** How long a bucket is not found before all that was in it is taken for gone, in milliseconds. Default 5,000. */
  readonly goneAfterMs?: number;
  /** False for a role that may not: it finds the buckets, or is told that they do not exist. Default true. */
  readonly createBuckets?: boolean;
  // The rest holds for buckets that this connection creates; those that exist are left as they are.
  /** How long leases and announcements live, in milliseconds. Default 15,000: longer than a cluster of NATS takes to find a new leader. */
  readonly ttlMs?: number;
  /** Servers that keep each entry. Default 3 in a cluster of at least so many, else 1. */
  readonly replicas?: number;
};
