import { refOf } from "@aethyr/kernel";
import { encodeEvent } from "../encoding.ts";
import { neverFits, StoreError } from "../errors.ts";
import type { EventStore } from "../event-store.ts";
import { limits } from "../limits.ts";
import { commitOf, eventsOf, type Entry } from "./entry.ts";

/** What the log made of entries: those that are in it, with the position of their last event, and one that it refused. */
export type Verdict = {
  readonly done: readonly { readonly entry: Entry; readonly position: number }[];
  readonly refused?: { readonly entry: Entry; readonly error: StoreError };
  /** Together they were too much for the log: one at a time. */
  readonly tooMuch?: boolean;
};

/** The next entries that fit into one append, at most so many events unless the first has more. */
export function nextBatch(entries: Iterable<Entry>, maxEvents: number): readonly Entry[] {
  const batch: Entry[] = [];
  /** Who wrote a stream last in the batch, and whether it begins there. */
  const written = new Map<string, { readonly by: string | undefined; readonly begun: boolean }>();
  let events = 0;
  for (const entry of entries) {
    events += eventsOf(entry);
    if (batch.length > 0 && events > maxEvents) break;
    // What cannot be told to go only together with the entry before it waits for the answer to that one.
    const cannotSay =
      entry.writes.some(({ path }) => written.has(path) && written.get(path)!.by === undefined) ||
      entry.asserts.some(({ path, expect }) => {
        const before = written.get(path);
        return before !== undefined && (expect === "alive" ? before.begun : before.by === undefined);
      });
    if (cannotSay) break;
    batch.push(entry);
    for (const { path, expected } of entry.writes)
      written.set(path, { by: entry.command?.id, begun: expected === 0 || written.get(path)?.begun === true });
  }
  return batch;
}

/**
 * Appends entries to the log, each under the preconditions that it was journaled on. One that the log refuses because it is there already,
 * from an attempt whose answer was lost, is done. Only the first that is refused is judged: what comes after it may have been refused because
 * of it. Rejects with the errors of the log; then it is not known what is done, and the same entries can be tried again.
 */
export async function drainBatch(log: EventStore, batch: readonly Entry[]): Promise<Verdict> {
  const writers = new Map<string, string>();
  const commits = batch.map((entry) => {
    const commit = commitOf(entry, (path) => writers.get(path));
    if (entry.command) for (const { path } of entry.writes) writers.set(path, entry.command.id);
    return commit;
  });
  let results;
  try {
    results = await log.append(commits);
  } catch (error) {
    if (!(error instanceof StoreError && neverFits(error))) throw error;
    const [entry, ...others] = batch;
    return others.length > 0 || entry === undefined ? { done: [], tooMuch: true } : { done: [], refused: { entry, error } };
  }
  const done: { entry: Entry; position: number }[] = [];
  let first: { entry: Entry; error: StoreError } | undefined;
  for (const [index, entry] of batch.entries()) {
    const result = results[index]!;
    if (result.ok) done.push({ entry, position: result.position });
    else first ??= { entry, error: result.error };
  }
  if (first === undefined) return { done };
  const position = await positionIn(log, first.entry);
  return position === undefined ? { done, refused: first } : { done: [...done, { entry: first.entry, position }] };
}

/** The position of an entry that is in the log, every event of it, at its version, with its bytes; undefined where it is not. */
async function positionIn(log: EventStore, { writes }: Entry): Promise<number | undefined> {
  let position = 0;
  for (const { path, expected, events } of writes) {
    const stream = refOf(path);
    const found = await log.readStream(stream, { from: expected + 1, to: expected + events.length, limit: limits.page });
    for (const [index, event] of events.entries()) {
      const stored = found[index];
      if (stored === undefined || textIn(stored.bytes) !== encodeEvent(stream, expected + index + 1, event)) return undefined;
      position = Math.max(position, stored.position);
    }
  }
  return position;
}

/** Without the white space that an engine may have let follow. */
const textIn = (bytes: Uint8Array): string => Buffer.from(bytes).toString().trimEnd();
