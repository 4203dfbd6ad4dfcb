import { randomUUID } from "node:crypto";
import { ref, type Json, type NewEvent, type Ref, type Snapshot } from "@aethyr/kernel";
import type { Commit, CommitResult, EventStore, Write } from "../event-store.ts";
import type { ExpectedVersion } from "../expected-version.ts";

/** A name that no other test uses, so that tests may share a store. */
export const freshId = (): string => randomUUID();
export const freshRef = (type = "room"): Ref => ref(type, freshId());

const time = "2026-01-02T03:04:05.678Z";

export function newEvent(type = "RoomCreated", data: Json = { name: "Hall" }): NewEvent {
  const command = freshId();
  return {
    id: `${command}/0`,
    type,
    schema: 1,
    machine: 1,
    time,
    data,
    meta: { command, actor: "player/ada", correlation: command, causation: null },
  };
}

export const newEvents = (count: number, type = "RoomCreated"): readonly NewEvent[] =>
  Array.from({ length: count }, (_, index) => newEvent(type, { index }));

export const write = (stream: Ref, expected: ExpectedVersion, events: number | readonly NewEvent[] = 1, ends = false): Write => ({
  stream,
  expected,
  events: typeof events === "number" ? newEvents(events) : events,
  ends,
});

export const commitOf = (stream: Ref, expected: ExpectedVersion, events: number | readonly NewEvent[] = 1): Commit => ({
  writes: [write(stream, expected, events)],
});

/** Appends one commit and gives its result. */
export async function appendOne(store: EventStore, commit: Commit): Promise<CommitResult> {
  const [result] = await store.append([commit]);
  if (result === undefined) throw new Error("the store answered nothing");
  return result;
}

/** Appends one commit that must be accepted. */
export async function accepted(store: EventStore, commit: Commit): Promise<Extract<CommitResult, { ok: true }>> {
  const result = await appendOne(store, commit);
  if (!result.ok) throw result.error;
  return result;
}

/** The code of a refused commit, or "ok". */
export const codeOf = (result: CommitResult | undefined): string =>
  result === undefined ? "nothing" : result.ok ? "ok" : result.error.code;

export const versionOf = async (store: EventStore, stream: Ref): Promise<number> => (await store.heads([stream]))[0]?.version ?? Number.NaN;

export const snapshotOf = (stream: Ref, version: number): Snapshot => ({
  stream,
  version,
  time,
  machine: { version: 1, structure: "a1b2" },
  state: { status: "active", value: { life: "existing" }, context: { name: "Hall", version } },
});

export async function all<T>(items: AsyncIterable<T>): Promise<readonly T[]> {
  const found: T[] = [];
  for await (const item of items) found.push(item);
  return found;
}
