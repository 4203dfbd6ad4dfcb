import type { Answers, EventStore } from "@aethyr/event-store";
import type { Domain, KeyStore, Ref, Snapshot } from "@aethyr/kernel";
import type { CommandEnvelope, Reply } from "@aethyr/protocol";
import type { Moved } from "./deciding/committing.ts";
import type { SubmitOptions } from "./intake/intake.ts";
import type { LifecycleState } from "./actors/lifecycle.ts";
import type { Metrics } from "./metrics.ts";
import type { AskOwner } from "./on-behalf/asking-owner.ts";
import type { OnBehalf } from "./on-behalf/request.ts";
import type { HostOptions } from "./options.ts";
import type { Ownership } from "./sharing/ownership.ts";
import type { Log, Ports } from "./ports.ts";

export type HostParts = {
  readonly domain: Domain;
  readonly store: EventStore;
  readonly keys: KeyStore;
  readonly ports?: Ports;
  readonly log?: Log;
  readonly metrics?: Metrics;
  readonly options?: Partial<HostOptions>;
  /** Told after each commit: the log has grown up to this position. */
  readonly onCommitted?: (position: number) => void;
  /** Where several hosts share the world, on a store with fences: which part of it is this one's. Default: all of it, and nobody else's. */
  readonly ownership?: Ownership;
  /** Of the same store, where several hosts share the world: where answers that nothing was changed are recorded. Default: nothing is recorded. */
  readonly answers?: Answers;
  /** Reaches the hosts that commands of this one are overtaken by. Default: nobody is asked. */
  readonly askOwner?: AskOwner;
  /**
   * Told where streams of other hosts are now, for their owners' `moved`: after each commit that wrote them, and where their owners keep
   * overtaking this host.
   */
  readonly onMoved?: (these: readonly Moved[]) => void;
};

/** An actor as operators see it. */
export type ActorInfo = {
  readonly ref: Ref;
  readonly state: LifecycleState;
  readonly version: number;
  /** Commands that wait for it. */
  readonly mailbox: number;
  /** Since it was last needed. */
  readonly idleMs: number;
};

export type ActorHost = {
  /** Decides and commits one command. Always resolves, with the reply that the sender gets; accepted means durable (G2). */
  submit(command: CommandEnvelope, options?: SubmitOptions): Promise<Reply>;
  /** Decides and commits a command whose target another host has: see `createDecidingForOthers`. Never rejects. */
  decideFor(asked: OnBehalf): Promise<Reply>;
  actors(): readonly ActorInfo[];
  /**
   * Commits on these streams that were answered as provisional did not come to be, and were put aside (`onQuarantine` of a journal): their
   * actors are read anew before anything else is decided on them.
   */
  discard(refs: readonly Ref[]): void;
  /** Lets one actor leave memory; false if it is not there or has work to do. */
  passivate(ref: Ref): Promise<boolean>;
  /** The committed state that an actor holds in memory, for whoever compares it with the log: not a copy. Undefined if it is not there, or is being read. */
  snapshot(ref: Ref): Snapshot | undefined;
  /** These actors are read anew from the log before anything else is decided on them; gives how many were in memory. */
  reload(refs: readonly Ref[]): number;
  /**
   * Another host has written the stream up to this version: an actor that is in memory and behind reads that before anything else is decided
   * on it; one that is not behind leaves the stream to the other host for a moment, as that one waits for its turn. May be left out, or be
   * wrong; that costs time only.
   */
  moved(ref: Ref, version: number): void;
  /**
   * Hands these over: takes no more commands for them, finishes those that it has, writes their snapshots and forgets them, all within
   * `drainMs`. What is not finished by then is answered "try again", as what another host owns already. Whoever calls it takes care that they
   * are not owned afterwards.
   */
  drain(these: (ref: Ref) => boolean): Promise<void>;
  /** Passivates what is idle or too much; a host does so every second by itself. */
  sweep(): Promise<void>;
  readonly metrics: Metrics;
  /** Takes no more commands, finishes those it has and writes snapshots, all within `drainMs`. */
  close(): Promise<void>;
};
