import type { AnyStateMachine } from "xstate";
import { DefinitionError } from "./errors.ts";

type Node = {
  readonly type?: string;
  readonly on?: Readonly<Record<string, unknown>>;
  readonly states?: Readonly<Record<string, Node>>;
  readonly [other: string]: unknown;
};

/** What a chart must not contain, and why. */
const refused: Readonly<Record<string, string>> = {
  after: "a delay that a restart forgets: record the due time in an event",
  invoke: "work besides events: publish the event and let a service act on it",
  entry: "entry actions: assign in the transition of the event",
  exit: "exit actions: assign in the transition of the event",
  always: "eventless transitions: decide in the rule, and record the outcome in the event",
  onDone: "completion transitions: let an event lead on",
};

/**
 * Refuses what would make replay inexact: delays, invocations, actors, entry and exit actions, eventless transitions, history states, actions
 * other than `assign`, a first context that is made anew each time. Throws `DefinitionError` naming the state.
 */
export function checkChart(type: string, machine: AnyStateMachine): void {
  if (typeof (machine.config as { context?: unknown }).context === "function") {
    throw new DefinitionError(`${type}: the first context is a value, not a function: it must be the same whenever it is made`, {
      aggregate: type,
    });
  }
  walk(machine.config as Node, type, (node, path) => {
    for (const [key, why] of Object.entries(refused)) {
      if (key in node && !isEmpty(node[key]))
        throw new DefinitionError(`${path}: a chart has no \`${key}\`: ${why}`, { aggregate: type, state: path });
    }
    if (node.type === "history")
      throw new DefinitionError(`${path}: a chart has no history states: snapshots hold value and context only`, {
        aggregate: type,
        state: path,
      });
    for (const [event, transition] of Object.entries(node.on ?? {})) {
      if (isIdle(transition)) {
        throw new DefinitionError(
          `${path}, on ${event}: it leads nowhere and assigns nothing, so the chart would never allow it: give it a target or an \`assign\``,
          { aggregate: type, state: path },
        );
      }
      for (const action of actionsOf(transition, machine)) {
        if ((action as { type?: string }).type !== "xstate.assign") {
          throw new DefinitionError(`${path}, on ${event}: a chart only \`assign\`s; anything else would happen again on replay`, {
            aggregate: type,
            state: path,
          });
        }
      }
    }
  });
}

/** Every event type that some state of the chart has a transition for. */
export function eventsOfChart(machine: AnyStateMachine): ReadonlySet<string> {
  const found = new Set<string>();
  walk(machine.config as Node, "", (node) => {
    for (const event of Object.keys(node.on ?? {})) found.add(event);
  });
  return found;
}

/**
 * A hash of everything in a machine that state depends on: states, transitions, first context, and the text of its functions. Two machines
 * with different hashes never share a snapshot.
 */
export function structureHash(machine: AnyStateMachine): string {
  const text = JSON.stringify(machine.config, (_, value: unknown) => (typeof value === "function" ? sourceOf(value) : value));
  const { actions, guards } = machine.implementations as Readonly<Record<"actions" | "guards", Readonly<Record<string, unknown>>>>;
  const named = [...Object.entries(actions), ...Object.entries(guards)].map(
    ([name, implementation]) => `${name}=${sourceOf(implementation)}`,
  );
  return fnv1a64([text, ...named.toSorted()].join("\n"));
}

function sourceOf(value: unknown): string {
  const assignment = (value as { assignment?: unknown } | undefined)?.assignment;
  if (typeof assignment === "object" && assignment !== null) {
    return Object.entries(assignment)
      .map(([key, step]) => `${key}:${String(step)}`)
      .join(";");
  }
  // `String` asks a function's own `toString`, which `handles` uses to stand for the fragment's function.
  return String(assignment ?? value);
}

function walk(node: Node, path: string, visit: (node: Node, path: string) => void): void {
  visit(node, path);
  for (const [name, child] of Object.entries(node.states ?? {})) walk(child, `${path}.${name}`, visit);
}

function actionsOf(transition: unknown, machine: AnyStateMachine): readonly unknown[] {
  if (Array.isArray(transition)) return transition.flatMap((each) => actionsOf(each, machine));
  if (typeof transition !== "object" || transition === null) return [];
  const { actions } = transition as { actions?: unknown };
  const listed = actions === undefined ? [] : Array.isArray(actions) ? actions : [actions];
  const named = machine.implementations.actions as Record<string, unknown>;
  return listed.map((action: unknown) => {
    const name = typeof action === "string" ? action : (action as { type?: string }).type;
    return name !== undefined && typeof action !== "function" ? (named[name] ?? action) : action;
  });
}

function isIdle(transition: unknown): boolean {
  if (Array.isArray(transition)) return transition.length === 0 || transition.some(isIdle);
  if (typeof transition !== "object" || transition === null) return typeof transition !== "string";
  return !("target" in transition) && !("actions" in transition);
}

function isEmpty(value: unknown): boolean {
  return (
    value === undefined ||
    (Array.isArray(value) && value.length === 0) ||
    (typeof value === "object" && value !== null && Object.keys(value).length === 0)
  );
}

function fnv1a64(text: string): string {
  let hash = 0xcbf29ce484222325n;
  for (let index = 0; index < text.length; index += 1) hash = BigInt.asUintN(64, (hash ^ BigInt(text.charCodeAt(index))) * 0x100000001b3n);
  return hash.toString(16).padStart(16, "0");
}
