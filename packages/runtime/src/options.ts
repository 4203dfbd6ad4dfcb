/** Bounds and policies of a host. Everything is bounded: past a bound the caller gets `busy`, at once. */
export type HostOptions = {
  /** Commands that a host holds at once, waiting or under way. */
  readonly pendingLimit: number;
  /** Commands that wait for one aggregate. */
  readonly mailboxLimit: number;
  /** Events that are committed in one transaction. */
  readonly batchEvents: number;
  /** Transactions under way at once; no aggregate is in two of them. */
  readonly batchesInFlight: number;
  /** Decisions of one command before it is answered `conflict`, when other writers keep overtaking it. */
  readonly attempts: number;
  /** Aggregates that are loaded at once. */
  readonly hydrationsInFlight: number;
  /** Actors in memory; beyond it (by a thousand or an eighth at most) the longest unused ones are passivated. */
  readonly activeLimit: number;
  /** An actor without commands for so long is passivated. */
  readonly idleMs: number;
  /** Instead of the aggregate's own policy: a snapshot after so many events, by `type` or by `type/id`; 0: none. */
  readonly snapshotEvery: Readonly<Record<string, number>>;
  /** A store that is asked and answers nothing for so long is taken for away until it does; then nothing more waits for it. 0: never. */
  readonly stallMs: number;
  /** For tests: forget every actor before each command. The results must be the same (G9). */
  readonly passivateBeforeCommand: boolean;
  /** How long a stopping host finishes what it has and writes snapshots; then it answers what is left, and stops. */
  readonly drainMs: number;
};

export const defaultHostOptions: HostOptions = {
  pendingLimit: 10_000,
  mailboxLimit: 1_000,
  batchEvents: 256,
  batchesInFlight: 2,
  attempts: 8,
  hydrationsInFlight: 64,
  activeLimit: 20_000,
  idleMs: 300_000,
  snapshotEvery: {},
  stallMs: 990,
  passivateBeforeCommand: false,
  drainMs: 10_000,
};
