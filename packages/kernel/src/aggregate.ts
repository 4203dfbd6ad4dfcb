import type { AnyStateMachine, EventObject, SnapshotFrom } from "xstate";
import type { z } from "zod";
import { commandOf, type Command, type Rule } from "./command.ts";
import { DefinitionError } from "./errors.ts";
import type { Catalogue, EventOf, Events } from "./events.ts";
import type { Fragment } from "./fragment.ts";
import type { Json } from "./json.ts";
import type { Parties } from "./party.ts";
import { AggregateType } from "./ref.ts";
import type { View } from "./view.ts";

/** An aggregate as declared: type, events, chart; and where rules for it are made. */
export type Aggregate<T extends string = string, E extends EventObject = EventObject, S = unknown> = {
  readonly type: T;
  readonly catalogue: Catalogue;
  readonly machine: AnyStateMachine;
  /** Version of the machine, recorded with every event. Raise it when the chart's meaning changes. */
  readonly version: number;
  /** A snapshot is taken after so many events. */
  readonly snapshotEvery: number;
  readonly extension?: { readonly name: string; readonly fragment: Fragment; readonly states: readonly string[] };
  readonly "~view"?: View<S, E>;
  /** A rule of this aggregate. Inference runs rule by rule, so that a mistake is reported where it stands. */
  command<I extends z.ZodType, P extends Parties = {}>(rule: Rule<E, S, I, P>): Command<z.input<I>>;
};

export type Commands = Readonly<Record<string, Command>>;

/** An aggregate, or an extension of one, with its commands: what a domain is put together from. */
export type Registration<T extends string = string, C extends Commands = Commands> = {
  readonly aggregate: Omit<Aggregate, "command" | "~view"> & { readonly type: T };
  readonly commands: C;
  readonly remake?: Remake | undefined;
};

/** An aggregate as it is: `states` are the active states of its chart, such as `existing` or `{ existing: "lit" }`. */
type AsItIs<C = unknown> = { readonly id: string; readonly states: Json; readonly context: C };

/**
 * How an export carries an aggregate, or what an extension adds to one: the commands to it that, sent one after the other to a world that has
 * everything else, make it as it is. The first commands of all aggregates come before the second ones of any.
 */
export type Remake<C = unknown> = (the: AsItIs<C>) => readonly { readonly command: string; readonly data: Json }[];

type Options<C extends Catalogue, M extends AnyStateMachine> = {
  readonly events: Events<C>;
  /** The evolve function: receives events only, and only `assign`s. */
  readonly machine: M;
  readonly version?: number;
  readonly snapshotEvery?: number;
};

/** Declares an aggregate. Its chart must begin in a state for "not there yet" and may end in a final one for "gone for good". */
export function defineAggregate<const T extends string, C extends Catalogue, M extends AnyStateMachine>(
  type: T,
  options: Options<C, M>,
): Aggregate<T, EventOf<C>, SnapshotFrom<M>> {
  if (!AggregateType.safeParse(type).success)
    throw new DefinitionError(`"${type}" is no aggregate type: at most 32 of A–Z a–z 0–9 . _ -`, { type });
  const { version = 1, snapshotEvery = 100 } = options;
  return { type, catalogue: options.events.catalogue, machine: options.machine, version, snapshotEvery, command: commandOf };
}

/**
 * More state, events and commands for an aggregate that stays as it is: the fragment's events are legal in the named states of its chart
 * (`existing`, or a path such as `existing.standing`).
 */
export function extend<
  T extends string,
  E extends EventObject,
  S extends { readonly context: object },
  C extends Catalogue,
  F extends object,
>(
  aggregate: Aggregate<T, E, S>,
  extension: { readonly name: string; readonly fragment: Fragment<C, F>; readonly states: readonly string[] },
): Aggregate<T, E | EventOf<C>, S & { readonly context: F }> {
  return {
    ...aggregate,
    extension: extension as unknown as NonNullable<Aggregate["extension"]>,
    command: commandOf,
  } as unknown as Aggregate<T, E | EventOf<C>, S & { readonly context: F }>;
}

/**
 * Puts commands to an aggregate or an extension: the names of the record are the commands' names, for ever. Without `remake`, a world that
 * has such aggregates cannot be exported whole.
 */
export function register<const T extends string, const C extends Commands, S extends { readonly context: unknown }>(
  aggregate: Omit<Aggregate<T, never, S>, "command">,
  commands: C,
  { remake }: { readonly remake?: Remake<S["context"]> } = {},
): Registration<T, C> {
  // The context is read from the chart's own snapshot: it is of the type that the aggregate was declared with.
  return { aggregate, commands, remake: remake as Remake | undefined };
}
