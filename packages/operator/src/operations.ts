import type { RecordedEvent, Json, Ref } from "@aethyr/kernel";
import type { Statistics } from "@aethyr/event-store";
import type { CommandEnvelope, Reply } from "@aethyr/protocol";
import type { ActorInfo } from "@aethyr/runtime";

/** An aggregate at one version, as an operator sees it. */
export type AggregateState = {
  readonly ref: Ref;
  readonly version: number;
  readonly status: "active" | "ended";
  /** The active states of its chart, such as `existing` or `{ existing: "standing" }`. */
  readonly states: Json;
  readonly context: Json;
  /** The event that led here: when, who, why, which story; undefined at version 0. */
  readonly last: Omit<RecordedEvent, "data"> | undefined;
};

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
  /** Through the same path as a player's commands; replies in the order of the commands. */
  sendCommands(commands: readonly CommandEnvelope[]): Promise<readonly Reply[]>;
  /** From the log, through the chart; undefined if there is no such aggregate (at that version). */
  showAggregate(ref: Ref, atVersion?: number): Promise<AggregateState | undefined>;
  history(ref: Ref, page?: HistoryPage): Promise<readonly RecordedEvent[]>;
  tailEvents(tail: Tail): AsyncIterable<RecordedEvent>;
  actors(): Promise<readonly ActorInfo[]>;
  passivate(ref: Ref): Promise<boolean>;
  worldStats(): Promise<WorldStats>;
  /** Prometheus text format. */
  metrics(): Promise<string>;
  close(): Promise<void>;
};
