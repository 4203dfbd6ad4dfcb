import { createMachine, type AnyStateMachine, type MachineContext } from "xstate";
import type { z } from "zod";
import type { Registration } from "./aggregate.ts";
import { checkChart, eventsOfChart, structureHash } from "./chart.ts";
import type { Command } from "./command.ts";
import { DefinitionError } from "./errors.ts";
import { isVersioned } from "./events.ts";
import { handles, type Fragment } from "./fragment.ts";
import { sealedFields } from "./sealed.ts";
import { stepOf, type Step } from "./step.ts";
import type { Upcasters } from "./upcast.ts";

/** An event type of an aggregate: current version, schema, and the way there from older versions. */
export type EventKind = { readonly version: number; readonly schema: z.ZodType; readonly upcasters: Upcasters };

/** A command of an aggregate, found by its name. */
export type CommandKind = Command & { readonly name: string; readonly sealed: ReturnType<typeof sealedFields> };

/** An aggregate with all its extensions, as the runtime hosts it. */
export type AggregateKind = {
  readonly type: string;
  readonly version: number;
  readonly structure: string;
  readonly snapshotEvery: number;
  readonly machine: AnyStateMachine;
  readonly step: Step;
  readonly events: ReadonlyMap<string, EventKind>;
  readonly commands: ReadonlyMap<string, CommandKind>;
};

/** Everything that a host can host. `R` is only for the compiler: what senders may send to whom, see `InputOf`. */
export type Domain<R extends Registration = Registration> = {
  readonly registrations: readonly R[];
  readonly aggregates: ReadonlyMap<string, AggregateKind>;
};

type RegistrationsOf<P> = P extends Domain<infer R> ? R : P extends Registration ? P : never;

type CommandsOf<R> = R extends Registration<string, infer C> ? C : never;
/** Names of the commands of a domain. */
export type CommandName<D> = D extends Domain<infer R> ? (R extends Registration ? keyof CommandsOf<R> & string : never) : never;
type CommandNamed<C, N> = N extends keyof C ? C[N] : never;
type InputOfCommand<C> = C extends Command<infer I> ? I : never;
/** What a sender gives with a command: the union over all aggregates that have a command of that name. */
export type InputOf<D, N extends string> =
  D extends Domain<infer R> ? (R extends Registration ? InputOfCommand<CommandNamed<CommandsOf<R>, N>> : never) : never;

/**
 * Puts aggregates and extensions together, in any order. Throws `DefinitionError` for what cannot work: two aggregates of one type, an
 * extension of a missing one, the same event, command or state field twice, an event no state of the chart takes, a chart that is not replayable.
 */
export function defineDomain<const P extends readonly (Registration | Domain)[]>(...parts: P): Domain<RegistrationsOf<P[number]>> {
  const flat: readonly Registration[] = parts.flatMap((each) => ("registrations" in each ? each.registrations : [each]));
  const bases = flat.filter(({ aggregate }) => aggregate.extension === undefined);
  const aggregates = new Map<string, AggregateKind>();
  for (const base of bases) {
    const { type } = base.aggregate;
    if (aggregates.has(type)) throw new DefinitionError(`there are two aggregates of type ${type}`, { type });
    const extensions = flat.filter(({ aggregate }) => aggregate.type === type && aggregate.extension !== undefined);
    aggregates.set(type, compile(base, extensions));
  }
  for (const { aggregate } of flat) {
    if (!aggregates.has(aggregate.type))
      throw new DefinitionError(`${aggregate.extension?.name} extends ${aggregate.type}, which is not in this domain`, {
        type: aggregate.type,
      });
  }
  return { registrations: flat as readonly RegistrationsOf<P[number]>[], aggregates };
}

function compile(base: Registration, extensions: readonly Registration[]): AggregateKind {
  const { type, version, snapshotEvery } = base.aggregate;
  const machine = extensions.reduce(extendMachine, base.aggregate.machine);
  checkChart(type, machine);
  const events = new Map<string, EventKind>();
  const commands = new Map<string, CommandKind>();
  for (const registration of [base, ...extensions]) {
    const { extension, catalogue } = registration.aggregate;
    for (const [name, entry] of Object.entries(extension?.fragment.events.catalogue ?? catalogue)) {
      if (events.has(name)) throw new DefinitionError(`${type} has two events ${name}`, { type, event: name });
      events.set(name, isVersioned(entry) ? entry : { version: 1, schema: entry, upcasters: () => undefined });
    }
    for (const [name, command] of Object.entries(registration.commands)) {
      if (commands.has(name)) throw new DefinitionError(`${type} has two commands ${name}`, { type, command: name });
      commands.set(name, { ...command, name, sealed: sealedFields(command.input) });
    }
  }
  const charted = eventsOfChart(machine);
  for (const name of events.keys()) {
    if (!charted.has(name)) {
      const strangers = [...charted].filter((each) => !events.has(each));
      const hint = strangers.length === 0 ? "" : `; it takes ${strangers.join(", ")}, which is not among its events: is one of them meant?`;
      throw new DefinitionError(`no state of ${type}'s chart takes ${name}${hint}`, { type, event: name });
    }
  }
  for (const name of charted) {
    if (!events.has(name)) throw new DefinitionError(`${type}'s chart takes ${name}, which is not among its events`, { type, event: name });
  }
  return { type, version, structure: structureHash(machine), snapshotEvery, machine, step: stepOf(machine), events, commands };
}

type StateConfig = { readonly on?: object; readonly states?: Readonly<Record<string, StateConfig>> };

function extendMachine(machine: AnyStateMachine, { aggregate }: Registration): AnyStateMachine {
  const { name, fragment, states } = aggregate.extension!;
  const config = machine.config as StateConfig & { context?: MachineContext };
  for (const key of Object.keys(fragment.initial)) {
    if (key in (config.context ?? {}))
      throw new DefinitionError(`${name} extends ${aggregate.type} with ${key}, which it has already`, {
        type: aggregate.type,
        field: key,
      });
  }
  const extended = states.reduce(
    (whole, path) => withTransitions(whole, path.split("."), fragment, `${name} extends ${aggregate.type}`),
    config as StateConfig,
  );
  return createMachine(
    { ...extended, context: { ...config.context, ...fragment.initial } } as Parameters<typeof createMachine>[0],
    machine.implementations as never,
  );
}

function withTransitions(node: StateConfig, [head, ...rest]: readonly string[], fragment: Fragment, who: string): StateConfig {
  if (head === undefined) return { ...node, on: { ...node.on, ...handles(fragment) } };
  const child = node.states?.[head];
  if (child === undefined) throw new DefinitionError(`${who} in the state ${head}, which its chart does not have`, { state: head });
  return { ...node, states: { ...node.states, [head]: withTransitions(child, rest, fragment, who) } };
}
