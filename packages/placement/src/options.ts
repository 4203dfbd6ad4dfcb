import type { Fence } from "@aethyr/event-store";

/** What a host says, one structured line per event; pino fits. */
export type Log = {
  info(fields: object, message: string): void;
  warn(fields: object, message: string): void;
  error(fields: object, message: string): void;
};

export const silentLog: Log = { info() {}, warn() {}, error() {} };

/** What serves one partition while this host owns it. */
export type PartitionServer = {
  /** Takes nothing new, finishes what was taken, writes snapshots. Its commits still carry the fence. `abandon` may come meanwhile. */
  drain(): Promise<void>;
  /** Stops at once, whatever `drain` does: the partition is another's, or may be. What was not committed is lost, and its senders try again. */
  abandon(): Promise<void>;
};

/**
 * Begins to serve a partition under a fence. `onLost`: to be called when something tells that the fence is not the newest any more (a refused
 * commit, a lane that went to a later epoch); what serves it is then abandoned.
 */
export type ServePartition = (partition: number, fence: Fence, onLost: () => void) => Promise<PartitionServer>;

/** How the world is divided; the same for all of its hosts. */
export type Partitions = {
  readonly count: number;
  /** Which division this is: one more with every change of `count`. */
  readonly mapEpoch: number;
};

export type Self = {
  /** Unique among the hosts of the world; letters, digits, `_` and `-`. */
  readonly host: string;
  /** Version of the program. */
  readonly version: string;
  /** Share of the partitions that it wants, relative to others. Default 1. */
  readonly weight?: number | undefined;
};

/** Milliseconds throughout, but for `handOvers`, `attempts` and `passTries`. */
export type PlacementOptions = {
  /** Between two looks at everything. */
  readonly tickMs?: number;
  /** Between two signs of life. */
  readonly beatMs?: number;
  /** So long silent, a host counts as dead, and whoever should have its partitions takes them. */
  readonly silenceMs?: number;
  /** After this host did not hear itself, or stood still, it calls nobody dead for so long: they may not have been heard, either. */
  readonly graceMs?: number;
  /** So long a host is heard again before it counts as alive, and so long it is wished for before it is given a partition. */
  readonly steadyMs?: number;
  /** After joining, this host looks around so long before it takes what is free. */
  readonly settleMs?: number;
  /** Between two writes of a lease, and of the announcement. */
  readonly renewMs?: number;
  /** So long before a lease may run out elsewhere it counts as lost here. */
  readonly marginMs?: number;
  /** Before something that failed is tried again; doubles up to `retryMostMs`. */
  readonly retryMs?: number;
  readonly retryMostMs?: number;
  /** After so many failures in a row to take a partition, or after failures for so long, this host leaves it to others. */
  readonly passTries?: number;
  readonly passWithinMs?: number;
  /** So long it does, before it asks for the partition again; doubles each time up to `passMostMs`. */
  readonly passMs?: number;
  readonly passMostMs?: number;
  /** How often a fence that others raised meanwhile is read again while the lease is ours. */
  readonly attempts?: number;
  /** Partitions under way to another host at once. */
  readonly handOvers?: number;
  /** How long it may take to begin to serve a partition; then the partition counts as one that could not be taken. */
  readonly serveMs?: number;
  /** How long what serves a partition may take to drain; then it is abandoned. */
  readonly drainMs?: number;
  /** How long that may take; then nobody waits for it. */
  readonly abandonMs?: number;
  /** How long a partition that was given away counts as under way until somebody takes it. */
  readonly arrivalMs?: number;
  /** If this host did not run for so long, it serves nothing until its leases have been written again. */
  readonly stallMs?: number;
  /** How long `close` may give away; what is left then is abandoned. */
  readonly closeMs?: number;
};

export type Settings = Required<PlacementOptions>;

/** A host that is killed is noticed after 2 to 2.5 s; a board that is away for 9 s takes no lease from anybody. */
export const defaults: Settings = {
  tickMs: 100,
  beatMs: 500,
  silenceMs: 2_000,
  graceMs: 5_000,
  steadyMs: 1_000,
  settleMs: 1_000,
  renewMs: 3_000,
  marginMs: 2_000,
  retryMs: 250,
  retryMostMs: 5_000,
  passTries: 4,
  passWithinMs: 10_000,
  passMs: 30_000,
  passMostMs: 300_000,
  attempts: 5,
  handOvers: 2,
  serveMs: 10_000,
  drainMs: 10_000,
  abandonMs: 2_000,
  arrivalMs: 2_000,
  stallMs: 1_000,
  closeMs: 30_000,
};
