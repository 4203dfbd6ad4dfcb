import { createHash } from "node:crypto";
import { createInstance, pathOf, replay, snapshotOf, type Domain, type Ref } from "@aethyr/kernel";
import { encodeSnapshot } from "../encoding.ts";
import { InvalidRequestError } from "../errors.ts";
import type { EventStore } from "../event-store.ts";
import { readStreamAll } from "../read-all.ts";
import { OtherHistoryError } from "./errors.ts";

/** Streams that are replayed at the same time. */
const together = 16;

export type StreamsDigest = {
  readonly streams: number;
  /** SHA-256, hex, of the states of all aggregates: of their snapshots' canonical texts, a line each, in order of `type/id`. */
  readonly states?: string;
};

export type CompareStreamsOptions = {
  /** Whose charts lead from events to states. Without it only the names of the streams are compared. */
  readonly domain?: Domain | undefined;
  /** Names and events read at once. */
  readonly batch: number;
  readonly signal?: AbortSignal | undefined;
  readonly onProgress?: (streams: number) => void;
};

/**
 * Compares two logs of equal events stream by stream, as they are read by name: both list the same streams, and both lead every aggregate to
 * the same state. Throws `OtherHistoryError`, `InvalidRequestError` for an aggregate that the domain does not have, and what replay throws.
 */
export async function compareStreams(
  from: EventStore,
  to: EventStore,
  { domain, batch, signal, onProgress }: CompareStreamsOptions,
): Promise<StreamsDigest> {
  const hash = createHash("sha256");
  let streams = 0;
  for (let after = ""; ;) {
    signal?.throwIfAborted();
    const [source, target] = await Promise.all([from, to].map((store) => store.listStreams({ after, limit: batch })));
    sameNames(source ?? [], target ?? []);
    const last = source?.at(-1);
    if (source === undefined || last === undefined) break;
    if (domain) {
      for (let at = 0; at < source.length; at += together) {
        const texts = await Promise.all(source.slice(at, at + together).map((ref) => commonState(from, to, domain, ref, batch)));
        for (const text of texts) hash.update(`${text}\n`);
        signal?.throwIfAborted();
      }
    }
    streams += source.length;
    onProgress?.(streams);
    after = pathOf(last);
  }
  return { streams, ...(domain ? { states: hash.digest("hex") } : undefined) };
}

function sameNames(source: readonly Ref[], target: readonly Ref[]): void {
  for (let at = 0; at < Math.max(source.length, target.length); at += 1) {
    const [one, other] = [source[at], target[at]];
    if (one && other && pathOf(one) === pathOf(other)) continue;
    const odd = one && (!other || pathOf(one) < pathOf(other)) ? one : other;
    if (odd) throw parted(odd === one ? "a stream of the source is not listed" : "a stream that the source does not list", odd);
  }
}

async function commonState(from: EventStore, to: EventStore, domain: Domain, ref: Ref, batch: number): Promise<string> {
  const [source, target] = await Promise.all([from, to].map((store) => stateOf(store, domain, ref, batch)));
  if (source === undefined || source.text !== target?.text) throw parted("another state of the aggregate", ref, source?.version);
  return source.text;
}

async function stateOf(store: EventStore, domain: Domain, ref: Ref, batch: number) {
  const kind = domain.aggregates.get(ref.type);
  if (!kind)
    throw new InvalidRequestError(
      `nothing here knows aggregates of type ${ref.type}, so their states cannot be compared: name the module that they come from`,
      { type: ref.type },
    );
  const instance = createInstance(kind, ref);
  for await (const event of readStreamAll(store, ref, { limit: batch })) replay(instance, event);
  return { version: instance.version, text: encodeSnapshot(snapshotOf(instance)) };
}

const parted = (what: string, ref: Ref, version = 0): OtherHistoryError =>
  new OtherHistoryError(what, { sourcePosition: 0, targetPosition: 0, stream: pathOf(ref), version });
