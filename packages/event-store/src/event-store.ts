import type { Json, NewEvent, RecordedEvent, Ref, Snapshot } from "@aethyr/kernel";
import type { ExpectedVersion } from "./expected-version.ts";
import type { Statistics } from "./statistics.ts";
import type { Answers } from "./answers.ts";
import type { Fence, Fences } from "./fences.ts";
import type {
  CommandAlreadyRecordedError,
  FencedError,
  OutcomeUnknownError,
  StreamEndedError,
  UnavailableError,
  WrongExpectedVersionError,
} from "./errors.ts";

/** Events for one stream, appended only if the stream is where the writer expects it. */
export type Write = {
  readonly stream: Ref;
  readonly expected: ExpectedVersion;
  /**
   * The command whose commit, before this one in the same call, this one was decided on: it must have written the stream's newest event.
   * The version alone does not tell: where that commit is refused, somebody else's events may have brought the stream to it.
   */
  readonly after?: string;
  /** At least one. */
  readonly events: readonly NewEvent[];
  /** The aggregate's chart ended with these events: the stream takes no more, and `alive` is no longer true of it. */
  readonly ends?: boolean;
};

/** A stream that was read and not written: still at this version (0: still without events), or still alive (has events, has not ended). */
export type Assert = { readonly stream: Ref; readonly expect: number | "alive"; /** As in `Write`. */ readonly after?: string };

/** What one command does to history: all of it, or nothing. */
export type Commit = {
  readonly writes: readonly Write[];
  readonly asserts?: readonly Assert[];
  /** Recorded in the same transaction; an id that is recorded already refuses the commit. */
  readonly command?: { readonly id: string; readonly outcome: Json };
  /** The writer owns this partition: once somebody has raised its fence again, the commit is refused. Stores with `fences` only. */
  readonly fence?: Fence | undefined;
};

/** How one commit of a call ended. A refusal is data: the others of the call are not concerned, unless they build on the refused one. */
export type CommitResult =
  | {
      readonly ok: true;
      /** Position of the commit's last event; 0 where it is provisional. */
      readonly position: number;
      /** The version of each written stream now, in the order of `writes`. */
      readonly versions: readonly number[];
      /** Durable beside the log, which is away, and not in it yet: it may come to be put aside (see `withJournal`). */
      readonly provisional?: true;
    }
  | {
      readonly ok: false;
      /** The last two only while a journal stands in for a log that is away: nothing was done about this commit, or it may have been made before. */
      readonly error:
        | WrongExpectedVersionError
        | StreamEndedError
        | CommandAlreadyRecordedError
        | FencedError
        | UnavailableError
        | OutcomeUnknownError;
    };

/**
 * An event with the exact bytes that the store holds, which are also what the event feed carries: canonical JSON (RFC 8785), which an engine
 * may let white space follow. Position 0: it is provisional, and in no log yet.
 */
export type StoredEvent = RecordedEvent & { readonly bytes: Uint8Array };

/** The recorded outcome of a command, for ever; at position 0 one that changed nothing, or one that is provisional. */
export type RecordedOutcome = { readonly outcome: Json; readonly position: number; readonly provisional?: true };

/** Where a stream stands: version 0 means that it has no events. */
export type StreamHead = { readonly version: number; readonly ended: boolean };

export type ReadStream = {
  /** First version to read; default 1 forward, the newest backward. Inclusive. */
  readonly from?: number;
  /** Last version to read, inclusive; default the end forward, 1 backward. */
  readonly to?: number;
  readonly direction?: "forward" | "backward";
  /** Events per page, 1–1000; default 1000. A shorter page is the last one. */
  readonly limit?: number;
};

/**
 * The log of a world: streams of events with one global order, atomic conditional appends, command outcomes and snapshots.
 * Every method rejects with a `StoreError` of a stable code; none leaves half of its work behind.
 */
export interface EventStore {
  /**
   * Commits in the given order, each atomic and conditional on its expected versions and asserts, which see the commits before it in the
   * same call. Resolved means durable (fsynced where the engine is durable). As many as possible share one transaction.
   * Rejects as a whole, with nothing appended, for: `limit_exceeded`, `invalid_request`, `unavailable`, `closed`; with an open outcome: `outcome_unknown`.
   */
  append(commits: readonly Commit[]): Promise<readonly CommitResult[]>;

  /** One page of a stream, by version. A stream without events is an empty page. */
  readStream(stream: Ref, options?: ReadStream): Promise<readonly StoredEvent[]>;

  /** Up to `limit` (1–1000, default 1000) events with a position greater than `after`, in global order. */
  readAll(after: number, limit?: number): Promise<readonly StoredEvent[]>;

  /** Position of the newest event; 0 when there is none. */
  head(): Promise<number>;

  /** Where the streams stand, in the order asked. */
  heads(streams: readonly Ref[]): Promise<readonly StreamHead[]>;

  /** Names of streams in order of `type/id`, after a given `type/id` path ("" from the start), up to `limit` (1–1000, default 1000). */
  listStreams(options?: { readonly type?: string; readonly after?: string; readonly limit?: number }): Promise<readonly Ref[]>;

  /** Recorded outcomes, in the order asked; undefined where nothing is recorded under the id. */
  outcomes(commandIds: readonly string[]): Promise<readonly (RecordedOutcome | undefined)[]>;

  /** The newest snapshot at or before a version (default: the newest). A cache: undefined is always a possible answer. */
  loadSnapshot(stream: Ref, atOrBefore?: number): Promise<Snapshot | undefined>;

  /** Saves a snapshot; earlier ones of the stream stay readable as long as the store keeps them. */
  saveSnapshot(snapshot: Snapshot): Promise<void>;

  /** Exact counters, kept incrementally, see `Statistics`. */
  statistics(): Promise<Statistics>;

  /** Finishes what is under way and releases everything. Later calls reject with `closed`. */
  close(): Promise<void>;
}

/** A log that several hosts write, each its own partitions: a command may then come to more than one of them. */
export type FencedEventStore = EventStore & { readonly fences: Fences; readonly answers: Answers };
