import type { RecordedEvent, Ref } from "@aethyr/kernel";
import type { Statistics } from "@aethyr/event-store";
import type { CommandEnvelope, Reply } from "@aethyr/protocol";
import type { DeadLetterOperations } from "./dead-letters/dead-letter-operations.ts";
import type { HostedActor } from "./hosted-actors.ts";
import type { AggregateDiff } from "./history/aggregate-diff.ts";
import type { Custody } from "./history/custody.ts";
import type { AggregateState } from "./history/aggregate-state.ts";
import type { Moment } from "./history/moment.ts";
import type { PartitionOperations } from "./partitions/partitions.ts";
import type { ReadModelOperations } from "./read-models/read-model-operations.ts";
import type { RebuildNews, RebuildOptions } from "./rebuild/news.ts";

/** Things by what they are: rooms, exits between them, players, and game objects by their `generic`. Deleted ones are not counted. */
export type WorldCensus = {
  readonly rooms: number;
  readonly exits: number;
  readonly players: number;
  readonly game_objects: Readonly<Record<string, number>>;
};

/** `head`: position of the newest event in the log. */
export type WorldStats = Statistics & WorldCensus & { readonly head: number };

export type HistoryPage = { readonly from?: number; readonly limit?: number; readonly direction?: "forward" | "backward" };
export type Tail = {
  /** Only events after this position; without it, only new ones. */
  readonly after?: number;
  /** Go on with what happens from now on; otherwise end at the head. */
  readonly follow?: boolean;
  readonly signal?: AbortSignal;
};

/**
 * What operators and scripts ask of a world: the CLI's verbs, the HTTP API's routes and the console's screens are all calls of these. They are
 * the same against a running world (over HTTP) and against a world that is not running (opened in process for the call).
 */
export type Operations = {
  /**
   * Through the same path as a player's commands; replies in the order of the commands. Those to one aggregate take effect in that order. One
   * that is told "try again", such as while its partition goes to another host, is sent again under its id for some seconds. Rejects with the
   * signal's reason: then commands may have taken effect, and may be sent again under their ids.
   */
  sendCommands(commands: readonly CommandEnvelope[], options?: { readonly signal?: AbortSignal }): Promise<readonly Reply[]>;
  /** From the nearest snapshot and the log, through the chart; undefined if there is no such aggregate (at that moment). */
  showAggregate(ref: Ref, at?: Moment): Promise<AggregateState | undefined>;
  /** Every aggregate that exists, by path, all of them as they were at one position of the log. */
  allAggregates(options?: { readonly signal?: AbortSignal }): AsyncIterable<AggregateState>;
  /** What differs between two moments (default for the later one: now), and by which events; undefined if it has not come to one of them. */
  diffAggregate(ref: Ref, from: Moment, to?: Moment): Promise<AggregateDiff | undefined>;
  /** Who had a thing from when to when; undefined for what does not exist, or is never anywhere. */
  custody(ref: Ref): Promise<Custody | undefined>;
  history(ref: Ref, page?: HistoryPage): Promise<readonly RecordedEvent[]>;
  tailEvents(tail: Tail): AsyncIterable<RecordedEvent>;
  actors(): Promise<readonly HostedActor[]>;
  passivate(ref: Ref): Promise<boolean>;
  worldStats(): Promise<WorldStats>;
  /**
   * Replays the whole log through the machines and compares that with what is kept in memory and in snapshots. Tells how far it is, what is
   * bad as it is found, and last its report. One at a time: a second one is refused with `busy`.
   */
  rebuildWorld(options?: RebuildOptions): AsyncIterable<RebuildNews>;
  /** Who has which part of a world on many hosts. */
  readonly partitions: PartitionOperations;
  /** Commands that no host could deal with. */
  readonly deadLetters: DeadLetterOperations;
  /** What there is to do about the tables that anybody can query. */
  readonly readModels: ReadModelOperations;
  /** Prometheus text format. */
  metrics(): Promise<string>;
  close(): Promise<void>;
};
