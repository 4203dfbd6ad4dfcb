import type { Ref } from "@aethyr/kernel";

export type RebuildOptions = {
  /** Once compared, actors in memory are thrown away and made anew from the log; then they are compared again. */
  readonly clear?: boolean;
  /** Stored snapshots that differ are replaced by right ones, and missing ones are written where the type's policy wants them. */
  readonly writeSnapshots?: boolean;
  readonly signal?: AbortSignal;
};

/** Something that is not as the events make it. */
export type BadState = {
  /** Null: the log as a whole. */
  readonly stream: Ref | null;
  /** `log`: its events cannot be replayed; `live`, `snapshot`: what is kept in memory, or stored, is another state than they lead to. */
  readonly what: "log" | "live" | "snapshot";
  /** Where it shows; 0 for the log as a whole. */
  readonly version: number;
  /** Of the error, or `differs`, `ahead_of_log`, `incomplete`. */
  readonly code: string;
  readonly message: string;
};

export type Compared = { readonly compared: number; readonly different: number };

export type RebuildReport = {
  /** Streams of the log that were replayed, and events in them, those included that came meanwhile. */
  readonly streams: number;
  readonly events: number;
  /** Of the streams: equal to everything that is kept of them; different from something; not to be replayed to their end. */
  readonly equal: number;
  readonly different: number;
  readonly failed: number;
  /** Actors in memory. */
  readonly live: Compared;
  /** Stored snapshots; `unused` are of another machine or of a later log, and nobody reads them. */
  readonly snapshots: Compared & { readonly unused: number; readonly written: number };
  /** Actors that were made anew, and how they compare then; null without `clear`. */
  readonly anew: Compared | null;
  /** Whether the log says that it has as many events and streams as were found; null where it grew too fast to be asked. */
  readonly complete: boolean | null;
  /** Aggregates that exist at the end, and one hash (SHA-256) over their states, by path: equal worlds have equal ones. */
  readonly aggregates: number;
  readonly hash: string;
  readonly ms: number;
  /** The first of what is bad, and how much more there is. */
  readonly bad: readonly BadState[];
  readonly moreBad: number;
};

/** What a rebuild tells while it goes on; the report comes last. `ofStreams` and `ofEvents` are what the log had at the beginning. */
export type RebuildNews =
  | {
      readonly kind: "progress";
      readonly streams: number;
      readonly events: number;
      readonly ofStreams: number;
      readonly ofEvents: number;
      readonly bad: number;
    }
  | { readonly kind: "bad"; readonly bad: BadState }
  | { readonly kind: "report"; readonly report: RebuildReport };

export const isClean = ({ bad, moreBad }: Pick<RebuildReport, "bad" | "moreBad">): boolean => bad.length + moreBad === 0;
