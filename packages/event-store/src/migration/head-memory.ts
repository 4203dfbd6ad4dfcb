import type { Ref } from "@aethyr/kernel";
import type { EventStore, StreamHead } from "../event-store.ts";

/** Streams of which the end is remembered; about 20 MB when full. */
const remembered = 100_000;

/**
 * Where streams stand, for a reader of a log who needs to know whether an event is the last of its stream: a head is asked for once, and again
 * only when the log goes beyond it.
 */
export function createHeadMemory(store: EventStore) {
  const known = new Map<string, StreamHead>();

  /** `asked`: streams by path, with the newest version that the reader has seen. */
  return async (
    asked: ReadonlyMap<string, { readonly stream: Ref; readonly version: number }>,
  ): Promise<ReadonlyMap<string, StreamHead>> => {
    const unknown = [...asked].filter(([path, { version }]) => (known.get(path)?.version ?? 0) < version);
    const heads = await store.heads(unknown.map(([, { stream }]) => stream));
    unknown.forEach(([path], index) => known.set(path, heads[index]!));
    const answer = new Map([...asked.keys()].map((path) => [path, known.get(path)!]));
    for (const path of known.keys()) {
      if (known.size <= remembered) break;
      known.delete(path);
    }
    return answer;
  };
}
