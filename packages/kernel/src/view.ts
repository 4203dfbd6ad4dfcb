import type { EventObject } from "xstate";
import type { Json } from "./json.ts";
import type { Ref } from "./ref.ts";

/** An aggregate as rules see it. */
export type View<S = unknown, E extends EventObject = never> = {
  readonly ref: Ref;
  readonly id: string;
  /** Version of its stream that this state is of; 0 before its first event. */
  readonly version: number;
  /** It has events and its chart has not ended. */
  readonly exists: boolean;
  /** Its chart has ended: it was deleted. */
  readonly ended: boolean;
  /** The machine's snapshot: `state.context`, `state.matches(...)`. */
  readonly state: S;
  /** Only for the compiler: which events it takes. Of one that may be of several kinds: those that every kind takes. */
  readonly "~events"?: (event: E) => void;
};

/** A rule's "no": it changes nothing and is answered to the sender. `reason` is a stable word such as `exit_taken`. */
export type Rejection = { readonly rejected: string; readonly message: string; readonly details?: Readonly<Record<string, Json>> };

export const reject = (rejected: string, message: string, details?: Readonly<Record<string, Json>>): Rejection =>
  details === undefined ? { rejected, message } : { rejected, message, details };

/** Events for another participant, committed together with the command's own, or not at all. */
export type Addressed = { readonly to: Ref; readonly events: readonly EventObject[] };

/** Addresses events to another participant of the command: `to(holder, ItemRemovedFromInventory({ itemId }))`. */
export function to<E extends EventObject>(participant: View<unknown, E>, ...events: readonly E[]): Addressed {
  return { to: participant.ref, events };
}

/** What a rule answers: a rejection, or events; none at all when everything is as the command wants it already. */
export type Decision<E extends EventObject = EventObject> = Rejection | readonly (E | Addressed)[];

/** What a rule may know besides state: it is given, and what comes of it is recorded, so that replay is exact. */
export type Facts = {
  /** ISO 8601 UTC, never earlier than anything recorded in the streams concerned. */
  readonly now: string;
  readonly newId: () => string;
  /** A number from 0 up to, not including, 1. */
  readonly random: () => number;
  /** Who sent the command, where known. */
  readonly actor: string | null;
};
