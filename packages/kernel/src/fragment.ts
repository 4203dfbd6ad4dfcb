import { assign } from "xstate";
import type { z } from "zod";
import { events, type Catalogue, type EventOf, type Events, type Versioned } from "./events.ts";

type DataOf<E> = E extends Versioned<infer S> ? z.infer<S> : E extends z.ZodType ? z.infer<E> : never;

/** A piece of state that several aggregates share: its events, its first value, and what each event does to it. */
export type Fragment<C extends Catalogue = Catalogue, S extends object = object> = {
  readonly events: Events<C>;
  readonly initial: S;
  readonly evolve: { readonly [K in keyof C & string]: (state: S, data: DataOf<C[K]>) => Partial<S> };
};

export function fragment<const C extends Catalogue, S extends object>(
  catalogue: C,
  initial: S,
  evolve: Fragment<C, S>["evolve"],
): Fragment<C, S> {
  return { events: events(catalogue), initial, evolve };
}

/**
 * The transitions of a fragment, to be placed in the chart's states in which its events are legal: `on: { ...handles(inventory) }`.
 * The chart stays the law: where it is not placed, the event is illegal.
 */
export function handles<C extends Catalogue, S extends object>(piece: Fragment<C, S>): { [K in keyof C & string]: {} } {
  const on: Record<string, unknown> = {};
  for (const [type, step] of Object.entries(piece.evolve)) {
    const evolve = step as (state: S, data: unknown) => Partial<S>;
    const change = ({ context, event }: { context: S; event: EventOf<C> }) => evolve(context, event.data);
    // The structure hash of a machine is taken over the text of its functions: this one stands for the fragment's.
    on[type] = { actions: assign(Object.assign(change, { toString: () => String(evolve) })) };
  }
  return on as { [K in keyof C & string]: {} };
}
