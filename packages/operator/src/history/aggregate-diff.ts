import { readStreamAll, type EventStore } from "@aethyr/event-store";
import { aggregateViewOf, createInstance, replay, type AggregateKind, type Instance, type Json, type Ref } from "@aethyr/kernel";
import { hydrate, type Log } from "@aethyr/runtime";
import { InvalidQuestionError } from "../errors.ts";
import { withoutData, type EventNote } from "./event-note.ts";
import { concerns, jsonChanges, type JsonChange } from "./json-changes.ts";
import { versionAt, type Moment } from "./moment.ts";

/** More events between two moments than one answer lists. */
export const mostEventsBetween = 10_000;
const pageEvents = 500;

/** A field that two moments of an aggregate differ in. `by`: the versions whose events changed it, or something in or around it. */
export type FieldChange = JsonChange & { readonly by: readonly number[] };

/** What happened to an aggregate between two moments: `path` of a change leads into what `showAggregate` gives. */
export type AggregateDiff = {
  readonly ref: Ref;
  /** Version 0: before its first event. */
  readonly from: number;
  readonly to: number;
  readonly changes: readonly FieldChange[];
  /** Every event after `from` up to `to`, whether or not its change is still to be seen. */
  readonly events: readonly EventNote[];
};

type Parts = { readonly store: EventStore; readonly log: Log };

/**
 * Replays from one moment to another and tells what differs and by which events. Undefined where there is no such aggregate, or it has not come
 * to one of the versions. Rejects with `invalid_request` where the moments are in the wrong order or too far apart.
 */
export async function diffAggregate(
  { store, log }: Parts,
  kind: AggregateKind,
  ref: Ref,
  between: { readonly from: Moment; readonly to?: Moment | undefined },
): Promise<AggregateDiff | undefined> {
  const to = await versionAt(store, ref, between.to);
  const from = await versionAt(store, ref, between.from);
  if (from === undefined || to === undefined || to === 0) return undefined;
  if (from > to) throw new InvalidQuestionError(`version ${from} is after version ${to}: name the earlier one first`);
  if (to - from > mostEventsBetween) {
    throw new InvalidQuestionError(
      `${to - from} events lie in between, and one answer has ${mostEventsBetween}: choose moments closer together`,
    );
  }
  const instance = from === 0 ? createInstance(kind, ref) : (await hydrate(store, kind, ref, log, from)).instance;
  const first = shown(instance);
  let last = first;
  const events: EventNote[] = [];
  const steps = new Map<string, number[]>();
  for await (const event of readStreamAll(store, ref, { from: from + 1, to, limit: pageEvents })) {
    replay(instance, event);
    const now = shown(instance);
    for (const { path } of jsonChanges(last, now)) {
      const by = steps.get(path);
      if (by === undefined) steps.set(path, [event.version]);
      else by.push(event.version);
    }
    events.push(withoutData(event));
    last = now;
  }
  const changes = jsonChanges(first, last).map((change) => ({ ...change, by: changedBy(steps, change.path) }));
  return { ref: { type: ref.type, id: ref.id }, from, to, changes, events };
}

/** What changes of it: neither its name nor its version. */
function shown(instance: Instance): Json {
  const { status, states, context } = aggregateViewOf(instance);
  return { status, states, context };
}

function changedBy(steps: ReadonlyMap<string, readonly number[]>, path: string): readonly number[] {
  const versions = [...steps].flatMap(([step, by]) => (concerns(step, path) ? by : []));
  return [...new Set(versions)].toSorted((one, other) => one - other);
}
