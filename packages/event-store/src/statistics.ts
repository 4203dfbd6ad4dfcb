/** Counters of a store. `*_stored`, `*_loaded` and failures count since the store was opened; the others describe the whole log. */
export type Statistics = {
  readonly events_stored: number;
  readonly events_loaded: number;
  readonly snapshots_stored: number;
  readonly snapshots_loaded: number;
  readonly store_failures: number;
  readonly load_failures: number;
  /** Events in the log. */
  readonly event_count: number;
  /** Streams with at least one event. */
  readonly aggregate_count: number;
  /** Streams that have a snapshot. */
  readonly snapshot_count: number;
  /** Streams per aggregate type. */
  readonly aggregate_types: Readonly<Record<string, number>>;
  /** Events per event type, the most frequent first. */
  readonly event_types: Readonly<Record<string, number>>;
};
