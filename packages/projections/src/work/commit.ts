import { pathOf, type RecordedEvent } from "@aethyr/kernel";
import type { Transaction } from "kysely";
import type { Binding } from "../binding.ts";
import type { ReadModelDatabase } from "../database.ts";
import { HandlerFailedError, WrongStateError } from "../errors.ts";
import { faultOf } from "../fault.ts";
import type { Projection } from "../projection.ts";
import { moveCheckpoints, type Lease, type Progress } from "../registry/copies.ts";
import { parkedStreams, putAside, type PutAside } from "../registry/put-aside.ts";
import { createWriter, type Writer } from "../writing/writer.ts";

/** A projection, over a domain, in a database. */
export type Bound = { readonly database: ReadModelDatabase; readonly projection: Projection; readonly binding: Binding };

/** Events that are to be applied to a copy, after the position where it is. */
export type Batch = {
  readonly bound: Bound;
  readonly lease: Lease;
  readonly from: number;
  readonly events: readonly RecordedEvent[];
  /** What was made of all these events, to be written once. */
  readonly prepared?: Prepared | undefined;
};

const progressOf = ({ lease, from, events }: Omit<Batch, "bound">): Progress => {
  const last = events.at(-1);
  return { lease, from, to: last?.position ?? from, events: events.length, time: last?.time ?? null, id: last?.id ?? null };
};

/**
 * Applies events to copies, all in one transaction: rows and checkpoints. Events of parked streams are parked. Rejects with
 * `HandlerFailedError`, `LeaseLostError` or what the database says, with nothing written.
 */
export async function commitBatches({ kysely }: ReadModelDatabase, batches: readonly Batch[], leaseMs: number): Promise<void> {
  await kysely.transaction().execute(async (transaction) => {
    const putAside = await moveCheckpoints(transaction, batches.map(progressOf), leaseMs);
    for (const batch of batches) {
      if (putAside.get(batch.lease.schema) === 0) await made(batch).write(transaction);
      else await writeBesideParked(transaction, batch);
    }
  });
}

const made = ({ bound, lease, events, prepared }: Batch): Prepared => prepared ?? prepare(bound, lease.schema, events);

async function writeBesideParked(transaction: Transaction<unknown>, { bound, lease: { schema }, events }: Batch): Promise<void> {
  const parked = await parkedStreams(transaction, schema);
  const [aside, others] = [true, false].map((isAside) => events.filter(({ stream }) => parked.has(pathOf(stream)) === isAside));
  await prepare(bound, schema, others ?? []).write(transaction);
  const reason = "an earlier event of this aggregate is parked";
  const put = (aside ?? []).map((event) => ({ event, reason }));
  if (put.length > 0) await putAside(transaction, schema, "parked", put);
}

/** What handlers have made of events, to be written. */
export type Prepared = {
  /** Writes it. Rejects as `commitBatch` does; may be called once. */
  readonly write: (transaction: Transaction<unknown>) => Promise<void>;
  /** Whether the handlers have gone well, and only their changes are to be written. */
  readonly isDone: () => boolean;
  /** It will not be written: handlers that wait for the database are let go. */
  readonly drop: () => void;
};

/** Runs the handlers: at once, as far as they do not ask the database; on from there when the transaction is there. */
export function prepare(bound: Bound, schema: string, events: readonly RecordedEvent[]): Prepared {
  const begun = Promise.withResolvers<Transaction<unknown>>();
  const writer = createWriter(() => begun.promise, schema, bound.projection.tables);
  const handled = handleAll(bound, writer, events);
  let done = false;
  // A failure is seen when it is written; what is not written is nobody's.
  handled.then(
    () => (done = true),
    () => undefined,
  );
  begun.promise.catch(() => undefined);
  return {
    async write(transaction) {
      begun.resolve(transaction);
      await handled;
      await writer.flush();
    },
    isDone: () => done,
    drop: () => begun.reject(new WrongStateError("the events were not applied", { schema })),
  };
}

async function handleAll({ projection, binding }: Bound, writer: Writer, events: readonly RecordedEvent[]): Promise<void> {
  for (const event of events) {
    try {
      // Most handlers have nothing to wait for, and a turn for each event would cost more than they do.
      const counted = projection.every?.(event, writer.rows, writer.sql);
      if (counted !== undefined) await counted;
      const found = binding.read(event);
      const done = found?.handler(found.data === event.data ? event : { ...event, data: found.data }, writer.rows, writer.sql);
      if (done !== undefined) await done;
    } catch (error) {
      if (faultOf(error) === "unavailable") throw error;
      throw handlerFailed(projection, event, error);
    }
  }
}

export const handlerFailed = ({ name }: Projection, { position, type, stream }: RecordedEvent, cause: unknown): HandlerFailedError =>
  new HandlerFailedError({ projection: name, position, event: type, stream: pathOf(stream) }, cause);

/** Passes one event without applying it: rows stay, the checkpoint moves, and what was left out is on the list. */
export async function passEvent(
  { database }: Bound,
  lease: Lease,
  from: number,
  event: RecordedEvent,
  kind: PutAside["kind"],
  reason: string,
  leaseMs: number,
): Promise<void> {
  await database.kysely.transaction().execute(async (transaction) => {
    await moveCheckpoints(transaction, [progressOf({ lease, from, events: [event] })], leaseMs);
    await putAside(transaction, lease.schema, kind, [{ event, reason }]);
  });
}
