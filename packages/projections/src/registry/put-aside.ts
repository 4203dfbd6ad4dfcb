import { pathOf, type RecordedEvent } from "@aethyr/kernel";
import { run, type Connection } from "../database.ts";

/** An event that a copy has not applied. */
export type PutAside = {
  readonly schema: string;
  readonly position: number;
  /** `parked`: to be tried again, with all later ones of its stream. `skipped`: left out for good. */
  readonly kind: "parked" | "skipped";
  readonly stream: string;
  readonly version: number;
  readonly type: string;
  readonly reason: string;
  readonly at: string;
};

/** Puts events aside in the transaction that passes them. */
export async function putAside(
  transaction: Connection,
  schema: string,
  kind: PutAside["kind"],
  events: readonly { readonly event: RecordedEvent; readonly reason: string }[],
): Promise<void> {
  const rows = events.map(({ event, reason }) => ({
    position: event.position,
    stream: pathOf(event.stream),
    version: event.version,
    type: event.type,
    reason: reason.replaceAll("\0", "").slice(0, 2000),
  }));
  await run(
    transaction,
    `insert into aethyr.put_aside (schema, position, kind, stream, stream_version, event_type, reason)
     select $1, v.position, $2, v.stream, v.version, v.type, v.reason
     from json_to_recordset($3) as v(position bigint, stream text, version bigint, type text, reason text)`,
    [schema, kind, JSON.stringify(rows)],
  );
  if (kind === "parked") await countParked(transaction, schema);
}

export async function parkedStreams(connection: Connection, schema: string): Promise<ReadonlySet<string>> {
  const rows = await run<{ stream: string }>(
    connection,
    "select distinct stream from aethyr.put_aside where schema = $1 and kind = 'parked'",
    [schema],
  );
  return new Set(rows.map(({ stream }) => stream));
}

export async function listPutAside(connection: Connection, schema: string | undefined): Promise<readonly PutAside[]> {
  return run<PutAside>(
    connection,
    `select schema, position, kind, stream, stream_version as version, event_type as type, reason, at from aethyr.put_aside
     where $1::text is null or schema = $1 order by schema, position`,
    [schema ?? null],
  );
}

async function countParked(transaction: Connection, schema: string): Promise<void> {
  await run(
    transaction,
    "update aethyr.copies set put_aside = (select count(*) from aethyr.put_aside where schema = $1 and kind = 'parked') where schema = $1",
    [schema],
  );
}
