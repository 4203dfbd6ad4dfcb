import { z } from "zod";
import { refOf } from "@aethyr/kernel";
import { increment } from "../counters.ts";
import { CorruptStoreError } from "../errors.ts";
import { txOf } from "../position.ts";
import { chainAt, countedPerRecord, createCountRecord } from "./count-record.ts";
import { logCountKey } from "./keys.ts";
import type { LogReader } from "./log-reader.ts";
import type { Session } from "./session.ts";

const eventsPerPage = 1000;

/** What the log holds, counted up to a position. */
export type Tally = {
  readonly events: number;
  readonly streams: number;
  readonly aggregateTypes: ReadonlyMap<string, number>;
  readonly eventTypes: ReadonlyMap<string, number>;
};

const Counts = z.array(z.tuple([z.string(), z.int().min(1)]));
const Recorded = z.object({
  position: z.int().min(1),
  /** Of the transaction of that position: a record of another log, or of another past of this one, does not count. */
  chain: z.string(),
  aggregateTypes: Counts,
  eventTypes: Counts,
});

export type TallyPlace = { readonly reader: LogReader; readonly log: Session; readonly snapshots: Session; readonly readOnly?: boolean };

/**
 * Counts the log: at the first call from the last record on, afterwards only what has come since, whoever wrote it. Calls that overlap
 * share the work.
 */
export function createTally({ reader, log, snapshots, readOnly = false }: TallyPlace): () => Promise<Tally> {
  const record = createCountRecord(snapshots, logCountKey, Recorded);
  const aggregateTypes = new Map<string, number>();
  const eventTypes = new Map<string, number>();
  let [events, streams, position, recorded] = [0, 0, 0, 0];
  let begun = false;
  let counting: Promise<Tally> | undefined;

  const begin = async (): Promise<void> => {
    const found = await record.load();
    if (found && found.chain === (await chainAt(log, txOf(found.position)))) {
      for (const [type, count] of found.aggregateTypes) {
        aggregateTypes.set(type, count);
        streams += count;
      }
      for (const [type, count] of found.eventTypes) {
        eventTypes.set(type, count);
        events += count;
      }
      ({ position } = found);
      recorded = events;
    }
    begun = true;
  };
  const save = async (): Promise<void> => {
    recorded = events;
    const chain = await chainAt(log, txOf(position));
    if (chain !== undefined) await record.save({ position, chain, aggregateTypes: [...aggregateTypes], eventTypes: [...eventTypes] });
  };
  const count = async (): Promise<Tally> => {
    if (!begun) await begin();
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
      if (!readOnly && events - recorded >= countedPerRecord) await save();
      if (records.length < eventsPerPage) return { events, streams, aggregateTypes, eventTypes };
    }
  };
  return () => (counting ??= count().finally(() => (counting = undefined)));
}

/** The end of a stored event, whose last two keys are these: canonical JSON sorts them, and only the outermost object ends the text. */
const ending = /,"type":"((?:[^"\\]|\\.)*)","version":[0-9]+\}[ \t\r\n]*$/;
const endingBytes = 300;

function typeOf(bytes: Uint8Array, stream: string, version: number): string {
  const buffer = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const type = ending.exec(buffer.subarray(-endingBytes).toString())?.[1];
  if (type !== undefined && !type.includes("\\")) return type;
  try {
    const event = JSON.parse(buffer.toString()) as { readonly type?: unknown } | null;
    if (typeof event?.type === "string") return event.type;
  } catch {
    // Falls through: either way it is no event.
  }
  throw new CorruptStoreError(`the stored event ${stream}@${version} cannot be read`, { stream, version });
}
