import { refOf, type Json, type Ref, type Snapshot } from "@aethyr/kernel";
import { recordAnswers } from "../answers.ts";
import { createCounters, increment, mostFrequentFirst } from "../counters.ts";
import { decodeEvent, decodeSnapshot, withVersion } from "../encoding.ts";
import { ClosedError, CommandAlreadyRecordedError, InvalidRequestError } from "../errors.ts";
import { evaluate, refusalError } from "../evaluate.ts";
import type { CommitResult, FencedEventStore, RecordedOutcome, StoredEvent } from "../event-store.ts";
import { lostFence } from "../fences.ts";
import { checkCommandId, checkStream, isVersion, prepareAppend, prepareSnapshot, type PreparedCommit } from "../prepare.ts";
import { checkLimit, checkPosition, pageOf } from "../read-options.ts";
import { createMemoryFences } from "./memory-fences.ts";

/**
 * A stored record with its place in the log. Events are kept as bytes, outside the heap that the collector walks, and decoded on every read,
 * so that no reader can alter history.
 */
type Row = { readonly position: number; readonly path: string; readonly version: number; readonly bytes: Uint8Array };
type Stream = { readonly rows: Row[]; version: number; ended: boolean; by: string | undefined };
type Recorded = { readonly outcome: string; readonly position: number };

const unknown: Stream = { rows: [], version: 0, ended: false, by: undefined };

/** The reference adapter: everything in memory, nothing durable. Positions have no holes. */
export function createMemoryEventStore(): FencedEventStore {
  const log: Row[] = [];
  const streams = new Map<string, Stream>();
  const commands = new Map<string, Recorded>();
  const snapshots = new Map<string, Map<number, string>>();
  const eventTypes = new Map<string, number>();
  const aggregateTypes = new Map<string, number>();
  const counters = createCounters();
  let closed = false;

  const streamOf = (path: string): Stream => streams.get(path) ?? unknown;
  const whileOpen = async <T>(work: () => T | Promise<T>): Promise<T> => {
    if (closed) throw new ClosedError();
    return work();
  };
  const { fences, newestOf } = createMemoryFences(whileOpen);

  function commit(commit: PreparedCommit): CommitResult {
    const { command } = commit;
    const recorded = command && commands.get(command.id);
    if (recorded)
      return { ok: false, error: new CommandAlreadyRecordedError(command.id, JSON.parse(recorded.outcome) as Json, recorded.position) };
    const fenced = lostFence(commit.fence, newestOf);
    if (fenced) return { ok: false, error: fenced };
    const refusal = evaluate(commit, streamOf);
    if (refusal) return { ok: false, error: refusalError(refusal) };
    const versions = commit.writes.map((write) => {
      const stream = opened(write.path);
      write.events.forEach((text, index) => {
        stream.version += 1;
        const row = {
          position: log.length + 1,
          path: write.path,
          version: stream.version,
          bytes: Buffer.from(withVersion(text, stream.version)),
        };
        log.push(row);
        stream.rows.push(row);
        increment(eventTypes, write.types[index] ?? "");
      });
      stream.ended = write.ends;
      stream.by = command?.id;
      return stream.version;
    });
    const position = commit.writes.length === 0 ? 0 : log.length;
    if (command) commands.set(command.id, { outcome: command.outcome, position });
    return { ok: true, position, versions };
  }

  function opened(path: string): Stream {
    const known = streams.get(path);
    if (known) return known;
    const stream = { rows: [], version: 0, ended: false, by: undefined };
    streams.set(path, stream);
    increment(aggregateTypes, refOf(path).type);
    return stream;
  }

  function loaded(rows: readonly Row[]): readonly StoredEvent[] {
    counters.add("events_loaded", rows.length);
    return rows.map((row) => decodeEvent(row.bytes, row.position));
  }

  return {
    fences,

    answers: {
      record: (answers) => whileOpen(() => recordAnswers(answers, (commits) => commits.map(commit))),
    },

    append: (commits) =>
      whileOpen(() => {
        const prepared = prepareAppend(commits);
        const before = log.length;
        const results = prepared.map(commit);
        counters.add("events_stored", log.length - before);
        return results;
      }),

    readStream: (stream, options) =>
      whileOpen(() => {
        const { path, low, high, backward, limit } = pageOf(stream, options);
        const { rows } = streamOf(path);
        const range = rows.slice(low - 1, high);
        return loaded(backward ? range.reverse().slice(0, limit) : range.slice(0, limit));
      }),

    readAll: (after, limit) => whileOpen(() => loaded(log.slice(checkPosition(after), after + checkLimit(limit)))),

    head: () => whileOpen(() => log.length),

    heads: (asked) =>
      whileOpen(() =>
        asked.map((stream) => {
          const { version, ended } = streamOf(checkStream(stream));
          return { version, ended };
        }),
      ),

    listStreams: ({ type, after = "", limit } = {}) =>
      whileOpen((): readonly Ref[] => {
        const count = checkLimit(limit);
        const wanted = [...streams.keys()].filter((path) => path > after && (type === undefined || path.startsWith(`${type}/`)));
        return wanted.sort().slice(0, count).map(refOf);
      }),

    outcomes: (ids) =>
      whileOpen(() =>
        ids.map((id): RecordedOutcome | undefined => {
          const recorded = commands.get(checkCommandId(id));
          return recorded && { outcome: JSON.parse(recorded.outcome) as Json, position: recorded.position };
        }),
      ),

    loadSnapshot: (stream, atOrBefore = Number.MAX_SAFE_INTEGER) =>
      whileOpen((): Snapshot | undefined => {
        const path = checkStream(stream);
        if (!isVersion(atOrBefore)) throw new InvalidRequestError(`${path} has no version ${atOrBefore}`, { stream: path });
        const kept = snapshots.get(path);
        const version = Math.max(...[...(kept?.keys() ?? [])].filter((saved) => saved <= atOrBefore));
        const text = kept?.get(version);
        if (text === undefined) return undefined;
        counters.add("snapshots_loaded", 1);
        return decodeSnapshot(text);
      }),

    saveSnapshot: (snapshot) =>
      whileOpen(() => {
        const { path, text } = prepareSnapshot(snapshot);
        const kept = snapshots.get(path) ?? new Map<number, string>();
        kept.set(snapshot.version, text);
        snapshots.set(path, kept);
        counters.add("snapshots_stored", 1);
      }),

    statistics: () =>
      whileOpen(() => ({
        ...counters.read(),
        event_count: log.length,
        aggregate_count: streams.size,
        snapshot_count: snapshots.size,
        aggregate_types: mostFrequentFirst(aggregateTypes),
        event_types: mostFrequentFirst(eventTypes),
      })),

    close: async () => {
      closed = true;
    },
  };
}
