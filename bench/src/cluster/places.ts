import type { ImmudbPlace } from "@aethyr/event-store/immudb";
import type { FloorPlace } from "../floors/cluster/place.ts";

/** What a client process is told of the system: its lanes, and the log for the history check after all is done. */
export type SystemPlace = {
  readonly nats: {
    readonly servers: readonly string[];
    readonly username: string;
    readonly password: string;
    readonly inboxPrefix: string;
  };
  readonly world: string;
  readonly log: ImmudbPlace;
};

export type ClientPlace = { readonly system: SystemPlace } | { readonly floor: FloorPlace };

export type Lane = "request" | "queue";
/** Which of the things each command is for. */
export type Choice = "uniform" | "zipf" | "hot";

/** What a client process does when it is asked; times are of the machine's clock, in ms since 1970 with fractions. */
export type LoadCalls = {
  /** Makes so many things. */
  create(count: number): Promise<void>;
  /** Keeps so many commands under way for so long, among so many things. */
  run(load: Load): Promise<LoadDone>;
  /** Sends at a fixed rate for so long, and tells how long after the reply each event was on the feed. */
  offer(offered: { readonly rate: number; readonly seconds: number; readonly things: number }): Promise<OfferDone>;
  /** Sends to one thing of each partition, again and again, until told to stop. */
  probe(partitions: number): Promise<void>;
  /** Waits until each partition has accepted a command that was sent after this call, and tells all acceptances. */
  probed(): Promise<Probed>;
  /** Holds the log and the feed against every reply. Of the floor only that every command is on its feed. Rejects where they are not what they must be. */
  check(): Promise<string>;
};

export type Load = {
  readonly lane: Lane;
  readonly choice: Choice;
  readonly inFlight: number;
  readonly seconds: number;
  readonly things: number;
};

export type LoadDone = {
  readonly commands: number;
  readonly seconds: number;
  readonly p50Ms: number;
  readonly p99Ms: number;
  /** How often a command had to be sent again. */
  readonly again: number;
};

export type OfferDone = {
  /** Commands/s that were sent and answered. */
  readonly reached: number;
  readonly events: number;
  /** Share of the events that came before their reply: their lag is 0. */
  readonly early: number;
  readonly p50Ms: number;
  readonly p99Ms: number;
};

/** Of each partition, when its commands were sent and accepted, in order. */
export type Probed = readonly (readonly (readonly [sentMs: number, acceptedMs: number])[])[];

export const nowMs = (): number => performance.timeOrigin + performance.now();
