import { refOf } from "@aethyr/kernel";
import { increment } from "../counters.ts";
import { CorruptStoreError } from "../errors.ts";
import type { LogReader } from "./log-reader.ts";

const eventsPerPage = 1000;

/** What the log holds, counted up to a position. */
export type Tally = {
  readonly events: number;
  readonly streams: number;
  readonly aggregateTypes: ReadonlyMap<string, number>;
  readonly eventTypes: ReadonlyMap<string, number>;
};

/**
 * Counts the log: the whole of it at the first call, afterwards only what has come since, whoever wrote it. Calls that overlap share
 * the work.
 */
export function createTally(reader: LogReader): () => Promise<Tally> {
  const aggregateTypes = new Map<string, number>();
  const eventTypes = new Map<string, number>();
  let [events, streams, position] = [0, 0, 0];
  let counting: Promise<Tally> | undefined;

  const count = async (): Promise<Tally> => {
    for (;;) {
      const records = await reader.readLog(position, eventsPerPage);
      for (const { stream, version, bytes, position: at } of records) {
        increment(eventTypes, typeOf(bytes, stream, version));
        if (version === 1) {
          increment(aggregateTypes, refOf(stream).type);
          streams += 1;
        }
        events += 1;
        position = at;
      }
      if (records.length < eventsPerPage) return { events, streams, aggregateTypes, eventTypes };
    }
  };
  return () => (counting ??= count().finally(() => (counting = undefined)));
}

function typeOf(bytes: Uint8Array, stream: string, version: number): string {
  try {
    const event = JSON.parse(Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString()) as {
      readonly type?: unknown;
    } | null;
    if (typeof event?.type === "string") return event.type;
  } catch {
    // Falls through: either way it is no event.
  }
  throw new CorruptStoreError(`the stored event ${stream}@${version} cannot be read`, { stream, version });
}
