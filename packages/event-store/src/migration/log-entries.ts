import { pathOf, type Json, type Ref } from "@aethyr/kernel";
import { InvalidRequestError } from "../errors.ts";
import type { EventStore, StoredEvent, StreamHead } from "../event-store.ts";
import { limits } from "../limits.ts";
import { splitIndex } from "../place-in-tx.ts";
import { createHeadMemory } from "./head-memory.ts";

/** An event, and what was recorded with it. It is the same in every engine but for the event's position. */
export type LogEntry = {
  readonly event: StoredEvent;
  /** The canonical text, without what an engine lets follow it. */
  readonly text: Uint8Array;
  /** The command that the event names, if the event is the last of that command's commit. */
  readonly command?: { readonly id: string; readonly outcome: Json };
  /** The stream ended with it. */
  readonly ends: boolean;
};

export type ReadEntries = {
  /** Default 0. */
  readonly after?: number;
  /** Events read at once, 1–1000: so many are in memory, and as many again that are fetched meanwhile. Default 512. */
  readonly batch?: number;
  readonly signal?: AbortSignal;
};

export const defaultBatch = limits.eventsPerAppend;

/** The entries of a log after a position, page by page, in order, up to the end that it has when it is reached. */
export async function* readEntries(
  store: EventStore,
  { after = 0, batch = defaultBatch, signal }: ReadEntries = {},
): AsyncGenerator<readonly LogEntry[], void> {
  const headsOf = createHeadMemory(store);
  const load = async (position: number): Promise<readonly LogEntry[]> => {
    signal?.throwIfAborted();
    return entriesOf(store, headsOf, await store.readAll(position, batch));
  };
  let coming: Promise<readonly LogEntry[]> | undefined = load(after);
  try {
    while (coming) {
      const page: readonly LogEntry[] = await coming;
      const last = page.at(-1);
      coming = last === undefined || page.length < batch ? undefined : load(last.event.position);
      // Who is busy with this page hears of a failure when it asks for the next.
      coming?.catch(() => undefined);
      if (page.length > 0) yield page;
    }
  } finally {
    await coming?.catch(() => undefined);
  }
}

type HeadsOf = (asked: ReadonlyMap<string, { readonly stream: Ref; readonly version: number }>) => Promise<ReadonlyMap<string, StreamHead>>;

async function entriesOf(store: EventStore, headsOf: HeadsOf, events: readonly StoredEvent[]): Promise<readonly LogEntry[]> {
  const newest = new Map(events.map(({ stream, version }) => [pathOf(stream), { stream, version }]));
  const ids = [...new Set(events.map(({ meta }) => meta.command))].filter(canBeRecorded);
  const [heads, found] = await Promise.all([headsOf(newest), store.outcomes(ids)]);
  const outcomes = new Map(ids.map((id, index) => [id, found[index]]));
  return events.map((event) => {
    const recorded = outcomes.get(event.meta.command);
    if (event.position === 0 || recorded?.provisional)
      throw new InvalidRequestError("a log with provisional events cannot be copied: let its journal be drained first");
    const head = heads.get(pathOf(event.stream));
    return {
      event,
      text: splitIndex(event.bytes).bytes,
      ...(recorded?.position === event.position ? { command: { id: event.meta.command, outcome: recorded.outcome } } : undefined),
      ends: head?.ended === true && head.version === event.version,
    };
  });
}

/** An event may name anything; only what is fit to be the id of a command can have been recorded as one. */
const canBeRecorded = (id: string): boolean => id.length <= limits.commandIdLength && id.isWellFormed();
