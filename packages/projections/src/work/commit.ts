import { pathOf, type RecordedEvent } from "@aethyr/kernel";
import type { Transaction } from "kysely";
import type { Binding } from "../binding.ts";
import type { ReadModelDatabase } from "../database.ts";
import { HandlerFailedError, WrongStateError } from "../errors.ts";
import { faultOf } from "../fault.ts";
import type { Projection } from "../projection.ts";
import { moveCheckpoint, type Lease, type Progress } from "../registry/copies.ts";
import { parkedStreams, putAside, type PutAside } from "../registry/put-aside.ts";
import { createWriter, type Writer } from "../writing/writer.ts";

/** A projection, over a domain, in a database. */
export type Bound = { readonly database: ReadModelDatabase; readonly projection: Projection; readonly binding: Binding };

const progressOf = (from: number, events: readonly RecordedEvent[]): Progress => {
  const last = events.at(-1);
  return { from, to: last?.position ?? from, events: events.length, time: last?.time ?? null };
};

/**
 * Applies events to a copy: rows and checkpoint in one transaction. Events of parked streams are parked. What was prepared for the same events
 * is used where no stream is parked. Rejects with `HandlerFailedError`, `LeaseLostError` or what the database says, with nothing written.
 */
export async function commitBatch(
  bound: Bound,
  lease: Lease,
  from: number,
  events: readonly RecordedEvent[],
  leaseMs: number,
  prepared?: Prepared,
): Promise<void> {
  const { schema } = lease;
  await bound.database.kysely.transaction().execute(async (transaction) => {
    const parked = await moveCheckpoint(transaction, lease, progressOf(from, events), leaseMs);
    if (parked === 0) return (prepared ?? prepare(bound, schema, events)).write(transaction);
    const streams = await parkedStreams(transaction, schema);
    const aside = events.filter(({ stream }) => streams.has(pathOf(stream)));
    await prepare(
      bound,
      schema,
      events.filter(({ stream }) => !streams.has(pathOf(stream))),
    ).write(transaction);
    if (aside.length === 0) return;
    const reason = "an earlier event of this aggregate is parked";
    await putAside(
      transaction,
      schema,
      "parked",
      aside.map((event) => ({ event, reason })),
    );
  });
}

/** What handlers have made of events, to be written. */
export type Prepared = {
  /** Writes it. Rejects as `commitBatch` does; may be called once. */
  readonly write: (transaction: Transaction<unknown>) => Promise<void>;
  /** It will not be written: handlers that wait for the database are let go. */
  readonly drop: () => void;
};

/** Runs the handlers: at once, as far as they do not ask the database; on from there when the transaction is there. */
export function prepare(bound: Bound, schema: string, events: readonly RecordedEvent[]): Prepared {
  const begun = Promise.withResolvers<Transaction<unknown>>();
  const writer = createWriter(() => begun.promise, schema, bound.projection.tables);
  const handled = handleAll(bound, writer, events);
  // Seen when it is written; what is not written is nobody's.
  handled.catch(() => undefined);
  begun.promise.catch(() => undefined);
  return {
    async write(transaction) {
      begun.resolve(transaction);
      await handled;
      await writer.flush();
    },
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
      const done = found?.handler({ ...event, data: found.data }, writer.rows, writer.sql);
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
    await moveCheckpoint(transaction, lease, progressOf(from, [event]), leaseMs);
    await putAside(transaction, lease.schema, kind, [{ event, reason }]);
  });
}
