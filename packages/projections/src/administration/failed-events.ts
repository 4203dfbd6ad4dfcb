import type { EventStore, StoredEvent } from "@aethyr/event-store";
import { run, type ReadModelDatabase } from "../database.ts";
import { EventGapError, WrongStateError } from "../errors.ts";
import { lockCopy, type Copy } from "../registry/copies.ts";
import { listPutAside, putAside, takeBack, type PutAside } from "../registry/put-aside.ts";
import { prepare, type Bound } from "../work/commit.ts";

type Log = Pick<EventStore, "readAll">;

/** What became of the parked events of one aggregate. */
export type Retried = { readonly stream: string; readonly events: number; readonly error: Error | null };

/**
 * Tries the parked events of a copy again, aggregate by aggregate, those of each in their order and all or none: what fails stays parked, with
 * the new reason. A worker may go on meanwhile; it and this do not write at once.
 */
export async function retryParked(bound: Bound, store: Log, schema: string, stream?: string): Promise<readonly Retried[]> {
  const { kysely } = bound.database;
  const parked = (await listPutAside(kysely, schema)).filter(({ kind }) => kind === "parked");
  const streams = [...new Set(parked.map((each) => each.stream))].filter((each) => stream === undefined || each === stream);
  const retried: Retried[] = [];
  for (const each of streams) retried.push(await retryStream(bound, store, schema, each));
  return retried;
}

async function retryStream(bound: Bound, store: Log, schema: string, stream: string): Promise<Retried> {
  try {
    const events = await bound.database.kysely.transaction().execute(async (transaction) => {
      // The list is read again under the lock: a worker may have parked more of them.
      await lockCopy(transaction, schema);
      const parked = (await listPutAside(transaction, schema)).filter((each) => each.kind === "parked" && each.stream === stream);
      const events: StoredEvent[] = [];
      for (const { position } of parked) events.push(await eventAt(store, position));
      await prepare(bound, schema, events).write(transaction);
      await takeBack(
        transaction,
        schema,
        parked.map(({ position }) => position),
      );
      return events.length;
    });
    return { stream, events, error: null };
  } catch (error) {
    if (!(error instanceof Error)) throw error;
    return { stream, events: 0, error };
  }
}

/** Leaves out the event that a copy is paused at, with a reason, and lets the copy go on. */
export async function skipFailed({ kysely }: ReadModelDatabase, store: Log, schema: string, reason: string): Promise<PutAside> {
  await kysely.transaction().execute(async (transaction) => {
    const copy = await lockCopy(transaction, schema);
    const position = copy?.failure?.position;
    if (copy === undefined || position == null || copy.failure?.code !== "projection_failed") throw notPaused(schema, copy);
    const event = await eventAt(store, position);
    await putAside(transaction, schema, "skipped", [{ event, reason }]);
    await run(
      transaction,
      "update aethyr.copies set position = $2, events = events + 1, event_time = $3, failure = null where schema = $1",
      [schema, position, event.time],
    );
  });
  const skipped = (await listPutAside(kysely, schema)).findLast(({ kind }) => kind === "skipped");
  if (skipped === undefined) throw notPaused(schema, undefined);
  return skipped;
}

function notPaused(schema: string, copy: Copy | undefined): WrongStateError {
  return new WrongStateError(`${schema} is not paused at an event`, { schema, failure: copy?.failure?.code ?? null });
}

async function eventAt(store: Log, position: number): Promise<StoredEvent> {
  const [event] = await store.readAll(position - 1, 1);
  if (event?.position !== position) throw new EventGapError(`the log has no event at position ${position}`, { position });
  return event;
}
