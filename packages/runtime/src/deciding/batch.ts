import { hasEnded, next, stateOf, type Change, type Json, type NewEvent, type Read, type Ref, type State } from "@aethyr/kernel";
import type { Assert, Commit, Fence, Write } from "@aethyr/event-store";
import type { Hosted } from "../actors/hosted.ts";
import type { Pending } from "../intake/pending.ts";

/** What is recorded with a command, so that a repeat is answered for ever as the first time: `{ "type/id": version }`. */
export type Outcome = Readonly<Record<string, number>>;

/** A decided command on its way into the log. */
export type Entry = {
  readonly pending: Pending;
  readonly commit: Commit;
  readonly outcome: Outcome;
  readonly participants: readonly Hosted[];
};

/** Whether the transaction that takes this command writes its target: then what follows there builds on it, and cannot overtake it. */
export const writesItsTarget = ({ pending, outcome }: Entry): boolean => Object.hasOwn(outcome, pending.target.path);

/** The state that an aggregate will have, and the command that brings it there. */
export type Draft = { readonly state: State; readonly by: string; readonly events: readonly NewEvent[] };

/**
 * Commands that are committed together. Each is decided on the state that those before it lead to; that state is a value, and no
 * actor moves before the log does.
 */
export type Batch = {
  readonly entries: Entry[];
  /** The aggregates that are written. */
  readonly written: Map<Hosted, Draft>;
  readonly commandIds: Set<string>;
  /** Aggregates of whose commands one is in here that does not itself write them: their next is looked at after the commit. */
  readonly held: Hosted[];
  /** Aggregates whose next command was decided on state that is not committed yet: it is decided again after the commit. */
  readonly waiting: Hosted[];
  events: number;
};

export function newBatch(): Batch {
  return { entries: [], written: new Map(), commandIds: new Set(), held: [], waiting: [], events: 0 };
}

type Decided = {
  readonly pending: Pending;
  readonly changes: readonly Change[];
  readonly reads: readonly Read[];
  /** Time that the events get. */
  readonly now: string;
  /** Whom the rule saw, at which version. */
  readonly seen: ReadonlyMap<Hosted, number>;
  readonly hostedOf: (ref: Ref) => Hosted;
  /** Of the target's owner; undefined where the host has the world to itself. */
  readonly fence: Fence | undefined;
};

/**
 * Takes a decided command into the batch: every event goes through the chart of its aggregate first. Throws `IllegalEventError` or
 * `ChartFailedError`, and then the batch is as it was.
 */
export function take(batch: Batch, { pending, changes, reads, now, seen, hostedOf, fence }: Decided): void {
  const { id } = pending.envelope;
  const drafts: [Hosted, Draft][] = [];
  const writes: Write[] = [];
  let ordinal = 0;
  for (const { ref, events } of changes) {
    const hosted = hostedOf(ref);
    const before = batch.written.get(hosted);
    let state = before?.state ?? stateOf(hosted.instance!);
    const expected = state.version === 0 ? "no-stream" : state.version;
    for (const event of events) state = next(state, event, now);
    const recorded = events.map((event) => newEvent(pending, hosted, event, now, (ordinal += 1)));
    drafts.push([hosted, { state, by: id, events: before === undefined ? recorded : [...before.events, ...recorded] }]);
    writes.push({ stream: ref, expected, events: recorded, ...following(before), ...(hasEnded(state) ? { ends: true } : undefined) });
  }
  const asserts = reads.map(({ ref, asserts: mode }): Assert => {
    const hosted = hostedOf(ref);
    return mode === "alive"
      ? { stream: ref, expect: mode }
      : { stream: ref, expect: seen.get(hosted)!, ...following(batch.written.get(hosted)) };
  });
  const outcome = outcomeOf(drafts);
  // From here on nothing can fail.
  for (const [hosted, draft] of drafts) batch.written.set(hosted, draft);
  batch.events += ordinal;
  batch.commandIds.add(id);
  batch.entries.push({
    pending,
    outcome,
    participants: [...seen.keys()],
    commit: { writes, asserts, command: { id, outcome }, ...(fence && { fence }) },
  });
}

/**
 * What builds on a command of the same transaction must not be committed without it. The version does not tell: where that one is refused
 * because another writer overtook it, that writer's events may have brought the stream to the same version.
 */
const following = (draft: Draft | undefined): Pick<Write, "after"> | undefined => (draft === undefined ? undefined : { after: draft.by });

function newEvent(
  { envelope }: Pending,
  { kind }: Hosted,
  { type, data }: { type: string; data: Json },
  time: string,
  ordinal: number,
): NewEvent {
  const { id, actor = null, correlation, causation = null } = envelope;
  return {
    id: `${id}/${ordinal}`,
    type,
    schema: kind.events.get(type)!.version,
    machine: kind.version,
    time,
    data,
    meta: { command: id, actor, correlation: correlation ?? id, causation },
  };
}

function outcomeOf(drafts: readonly (readonly [Hosted, Draft])[]): Outcome {
  // In the order that canonical JSON will have, so that the first reply and its repeats are the same.
  const inOrder = drafts.length === 1 ? drafts : drafts.toSorted(([a], [b]) => (a.path < b.path ? -1 : 1));
  const outcome: Record<string, number> = {};
  for (const [{ path }, { state }] of inOrder) outcome[path] = state.version;
  return outcome;
}
