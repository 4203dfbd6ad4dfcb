import { createActor, type AnyActor, type AnyMachineSnapshot, type EventObject } from "xstate";
import { currentData, describedAs } from "./current-data.ts";
import type { AggregateKind } from "./domain.ts";
import { ChartFailedError, CorruptSnapshotError, IllegalEventError, UnreadableEventError } from "./errors.ts";
import type { RecordedEvent } from "./event.ts";
import type { Json } from "./json.ts";
import { pathOf, type Ref } from "./ref.ts";
import type { Snapshot } from "./snapshot.ts";
import type { View } from "./view.ts";

/** One aggregate at one version: a running XState actor, the version and the time of its last event. It moves only by `advance`. */
export type Instance = {
  readonly kind: AggregateKind;
  readonly ref: Ref;
  readonly actor: AnyActor;
  version: number;
  time: string;
};

/** Before any event. */
const beginning = "";

/** An aggregate without events. */
export function createInstance(kind: AggregateKind, ref: Ref): Instance {
  return { kind, ref, actor: start(kind), version: 0, time: beginning };
}

/** An aggregate's state at one version: a value, which nothing moves. */
export type State = {
  readonly kind: AggregateKind;
  readonly ref: Ref;
  readonly version: number;
  readonly time: string;
  readonly snapshot: AnyMachineSnapshot;
};

export function stateOf({ kind, ref, version, time, actor }: Instance): State {
  return { kind, ref, version, time, snapshot: actor.getSnapshot() as AnyMachineSnapshot };
}

/**
 * The state after one more event, if the chart allows it: what a command would do is tried so, and the actor moves only after the commit.
 * Throws `IllegalEventError`, or `ChartFailedError` where a step of the chart throws.
 */
export function next(state: State, event: EventObject, time: string): State {
  const { kind, ref, version, snapshot: before } = state;
  let after: AnyMachineSnapshot;
  try {
    after = kind.step(before, event);
  } catch (cause) {
    throw new ChartFailedError({ aggregate: pathOf(ref), version: version + 1, event: event.type }, { cause });
  }
  // Only a state that did not change asks whether the chart takes the event at all: most changed, and say so themselves.
  if (after === before && !before.can(event)) throw illegal(ref, version + 1, event.type, before);
  return { kind, ref, version: version + 1, time, snapshot: after };
}

/**
 * Moves the actor by an event, if the chart allows it in the present state: the statechart is the law, for what is new and for history alike.
 * Throws `IllegalEventError`, or `ChartFailedError` where a step of the chart throws; after the latter the instance is spoilt.
 */
export function advance(instance: Instance, event: EventObject, time: string): void {
  const { actor, ref } = instance;
  const before = actor.getSnapshot() as AnyMachineSnapshot;
  if (before.status === "active") actor.send(event);
  const after = actor.getSnapshot() as AnyMachineSnapshot;
  // As in `next`.
  if (after === before && !before.can(event)) throw illegal(ref, instance.version + 1, event.type, before);
  if (after.status === "error")
    throw new ChartFailedError({ aggregate: pathOf(ref), version: instance.version + 1, event: event.type }, { cause: after.error });
  instance.version += 1;
  instance.time = time;
}

/** Advances over a recorded event, brought up to its current shape. Throws `UnreadableEventError` where that cannot be done. */
export function replay(instance: Instance, event: RecordedEvent): void {
  if (event.version !== instance.version + 1) {
    throw new UnreadableEventError(describedAs(event), `version ${event.version} follows ${instance.version}: the history has a hole`);
  }
  advance(instance, { type: event.type, data: currentData(instance.kind, event) } as EventObject, event.time);
}

/** The state as rules see it. */
export function viewOf(the: Instance | State): View<AnyMachineSnapshot> {
  const state = "actor" in the ? (the.actor.getSnapshot() as AnyMachineSnapshot) : the.snapshot;
  const ended = state.status === "done";
  return { ref: the.ref, id: the.ref.id, version: the.version, exists: the.version > 0 && !ended, ended, state };
}

export const hasEnded = ({ snapshot }: State): boolean => snapshot.status === "done";

export function snapshotOf(instance: Instance): Snapshot {
  const { kind, ref, version, time } = instance;
  const { status, value, context } = instance.actor.getSnapshot() as { status: string; value: Json; context: Json };
  return {
    stream: ref,
    version,
    time,
    machine: { version: kind.version, structure: kind.structure },
    state: { status: status === "done" ? "done" : "active", value, context },
  };
}

/** Whether a snapshot is of exactly this machine; any other is worthless and the events are replayed instead. */
export const fits = (kind: AggregateKind, { machine }: Snapshot): boolean =>
  machine.version === kind.version && machine.structure === kind.structure;

/** An instance at a snapshot that `fits`. Throws `CorruptSnapshotError` where the chart has no such state. */
export function restore(kind: AggregateKind, { stream, version, time, state }: Snapshot): Instance {
  try {
    const snapshot = kind.machine.resolveState({
      value: state.value,
      context: state.context,
      status: state.status,
    } as never) as AnyMachineSnapshot;
    return { kind, ref: stream, version, time, actor: start(kind, snapshot) };
  } catch (cause) {
    throw new CorruptSnapshotError(pathOf(stream), version, { cause });
  }
}

/** Shared by all actors: a chart that throws is seen in the snapshot's status; nothing is to be thrown later, out of any context. */
const observer = { error() {} };

function start(kind: AggregateKind, snapshot?: AnyMachineSnapshot): AnyActor {
  const actor = createActor(kind.machine, snapshot === undefined ? {} : { snapshot });
  actor.subscribe(observer);
  return actor.start();
}

function illegal(ref: Ref, version: number, event: string, { value }: AnyMachineSnapshot): IllegalEventError {
  return new IllegalEventError({
    aggregate: pathOf(ref),
    version,
    state: typeof value === "string" ? value : JSON.stringify(value),
    event,
  });
}
