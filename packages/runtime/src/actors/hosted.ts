import { pathOf, snapshotOf, type AggregateKind, type Instance, type Ref, type Snapshot } from "@aethyr/kernel";
import { nextState, type LifecycleEvent, type LifecycleState } from "./lifecycle.ts";
import type { Pending } from "../intake/pending.ts";

/** One aggregate in a host: its actor, if it is in memory, and the commands that wait for it. */
export type Hosted = {
  readonly ref: Ref;
  readonly path: string;
  readonly kind: AggregateKind;
  state: LifecycleState;
  /** The committed state; undefined while it is not in memory. It moves only with the log. */
  instance: Instance | undefined;
  /** What is in memory, or being read or written, builds on commits that did not come to be: it is read anew before anything else. */
  discarded: boolean;
  /** How often that happened: what was decided before is not to be relied on. */
  discards: number;
  /** Version up to which the state was read from the log; what lies beyond was committed by this host. */
  readVersion: number;
  /** Commands to it were taken as its owner's. */
  owned: boolean;
  /** Another host said that the stream is at this version; 0 once that was looked after. */
  toldVersion: number;
  /** Commands to this aggregate, in order of arrival. */
  readonly mailbox: Pending[];
  /** Ends with the transaction that writes it; undefined while none is under way. */
  committing: Promise<void> | undefined;
  /** One of its commands is under way without writing it, or is being confirmed: what follows waits, so that order is kept. */
  held: boolean;
  /** Another host was asked to decide its command: what follows waits for the answer. */
  awaited: boolean;
  /** Its last command was committed by the host of an aggregate that is fought over: so are the next ones, for a while. */
  askFirst: { readonly contended: Ref; readonly untilMs: number } | undefined;
  /** Confirmations under way that rely on its state: it stays in memory for them. */
  confirmations: number;
  /** The store failed under a command that will be tried again: until then nothing here is. */
  paused: boolean;
  /** Others overtook its commands, or are to have their turn: for a moment nothing is decided on it. */
  resting: boolean;
  /** It was left to others, and nothing was committed on it since: the next turn is this host's. */
  yielded: boolean;
  /** Commits of this host on it, for its turn to end without a word of the others too. */
  commits: number;
  /** Failures in a row, for the length of the pause. */
  failures: number;
  /** In the host's queue of aggregates to be looked at. */
  queued: boolean;
  /** Commands that wait for this one: to be loaded, or to come back from a commit. */
  waiters: Set<Pending> | undefined;
  /** The attempt to passivate it that is under way; another one, or none, where it was needed meanwhile. */
  leaving: object | undefined;
  /** Version of the newest snapshot that was loaded or tried to be saved. */
  snapshotVersion: number;
  lastUsedMs: number;
};

export function newHosted(kind: AggregateKind, ref: Ref): Hosted {
  return {
    ref,
    path: pathOf(ref),
    kind,
    state: "passive",
    instance: undefined,
    discarded: false,
    discards: 0,
    readVersion: 0,
    owned: false,
    toldVersion: 0,
    mailbox: [],
    committing: undefined,
    held: false,
    awaited: false,
    askFirst: undefined,
    confirmations: 0,
    paused: false,
    resting: false,
    yielded: false,
    commits: 0,
    failures: 0,
    queued: false,
    waiters: undefined,
    leaving: undefined,
    snapshotVersion: 0,
    lastUsedMs: 0,
  };
}

export function step(hosted: Hosted, event: LifecycleEvent): void {
  hosted.state = nextState(hosted.state, event);
}

/** Commands rely on its place in the table: it stays there, whatever its state, so that all of them find the same one. */
export const inUse = ({ mailbox, waiters, held, awaited, confirmations, paused, resting, queued }: Hosted): boolean =>
  mailbox.length > 0 || waiters !== undefined || held || awaited || confirmations > 0 || paused || resting || queued;

/** Nobody needs it at the moment: it may be passivated. */
export const isIdle = (hosted: Hosted): boolean => hosted.state === "ready" && !inUse(hosted);

/** In memory, and nothing under way relies on its being there; commands may wait. */
export const isAtRest = (hosted: Hosted): boolean => hosted.state === "ready" && !hosted.held && hosted.confirmations === 0;

/** It is in memory, and another host said that there is more. */
export const isBehind = ({ state, instance, toldVersion }: Hosted): boolean =>
  state === "ready" && instance !== undefined && toldVersion > instance.version;

/** What it holds of the log; undefined where that is nothing, is being read, or is known not to have come to be. */
export function committedState({ state, instance, discarded }: Hosted): Snapshot | undefined {
  const isSettled = state === "ready" || state === "committing" || state === "passivating";
  return isSettled && !discarded && instance !== undefined && instance.version > 0 ? snapshotOf(instance) : undefined;
}

/** It was to leave memory, and a command needs it: it stays. */
export function stay(hosted: Hosted): void {
  hosted.leaving = undefined;
  step(hosted, "NEEDED");
}

/** `pending` goes on when `hosted` is loaded, or back from its commit. */
export function waitFor(hosted: Hosted, pending: Pending): void {
  hosted.waiters ??= new Set();
  hosted.waiters.add(pending);
}
