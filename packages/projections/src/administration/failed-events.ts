import type { EventStore, StoredEvent } from "@aethyr/event-store";
import { run, type ReadModelDatabase } from "../database.ts";
import { EventGapError, WrongStateError } from "../errors.ts";
import { lockCopy, type Copy } from "../registry/copies.ts";
import { listPutAside, putAside, type PutAside } from "../registry/put-aside.ts";
import { createProof } from "../work/proof.ts";

type Log = Pick<EventStore, "readAll" | "head">;

/** Leaves out the event that a copy is paused at, with a reason, and lets the copy go on. */
export async function skipFailed({ kysely }: ReadModelDatabase, store: Log, schema: string, reason: string): Promise<PutAside> {
  await kysely.transaction().execute(async (transaction) => {
    const copy = await lockCopy(transaction, schema);
    const position = copy?.failure?.position;
    if (copy === undefined || position == null || copy.failure?.code !== "projection_failed") throw notPaused(schema, copy);
    // What is skipped is of the log that the rows were made from.
    await createProof(asLog(store), copy, () => 0).check();
    const event = await eventAt(store, position);
    await putAside(transaction, schema, "skipped", [{ event, reason }]);
    await run(
      transaction,
      "update aethyr.copies set position = $2, events = events + 1, event_time = $3, event_id = $4, failure = null where schema = $1",
      [schema, position, event.time, event.id],
    );
  });
  const skipped = (await listPutAside(kysely, schema)).findLast(({ kind }) => kind === "skipped");
  if (skipped === undefined) throw notPaused(schema, undefined);
  return skipped;
}

function notPaused(schema: string, copy: Copy | undefined): WrongStateError {
  return new WrongStateError(`${schema} is not paused at an event`, { schema, failure: copy?.failure?.code ?? null });
}

const asLog = (store: Log): Parameters<typeof createProof>[0] => ({
  head: () => store.head(),
  eventAt: async (position) => (await store.readAll(position - 1, 1)).find((event) => event.position === position),
  forget: async () => undefined,
});

async function eventAt(store: Log, position: number): Promise<StoredEvent> {
  const [event] = await store.readAll(position - 1, 1);
  if (event?.position !== position) throw new EventGapError(`the log has no event at position ${position}`, { position });
  return event;
}
