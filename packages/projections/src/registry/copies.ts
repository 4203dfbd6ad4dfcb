import { run, type Connection } from "../database.ts";
import { LeaseLostError } from "../errors.ts";
import type { Json } from "@aethyr/kernel";

/**
 * `active`: the views show it; `building`: it is made beside the active one; `apart`: the world as it was, made up to a place in the log;
 * `done`: such a one, made; `retired`: it was active, and is kept.
 */
export type CopyState = "active" | "building" | "apart" | "done" | "retired";

/** Why a copy is paused. */
export type Failure = {
  readonly code: string;
  readonly message: string;
  /** Position of the event that it stopped at. */
  readonly position: number | null;
  readonly event: string | null;
  readonly stream: string | null;
  readonly at: string;
};

/** A copy of a projection as the registry has it. */
export type Copy = {
  readonly schema: string;
  readonly projection: string;
  readonly version: number;
  readonly build: number;
  readonly shape: string;
  readonly state: CopyState;
  /** It becomes the active one by itself when it is level. */
  readonly switches: boolean;
  readonly until: { readonly position: number } | { readonly time: string } | null;
  readonly logId: string | null;
  /** Position of the last event that is in it. */
  readonly position: number;
  /** How many events of the log it has passed. */
  readonly events: number;
  /** Recorded time of the last event that it has passed. */
  readonly eventTime: string | null;
  /** Id of the event at its position; null at position 0, and where an older program wrote the checkpoint. */
  readonly eventId: string | null;
  /** It has been as far as the log once. */
  readonly level: boolean;
  /** Since when. */
  readonly levelAt: string | null;
  readonly putAside: number;
  readonly failure: Failure | null;
  readonly worker: string | null;
  readonly epoch: number;
  /** A worker holds it, and its lease has not expired. */
  readonly held: boolean;
};

const columns = `schema, projection, version, build, shape, state, switches, until_position, until_time, log_id, position, events, event_time,
  event_id, level, level_at, put_aside, failure, lease_owner, lease_epoch, lease_owner is not null and lease_until > clock_timestamp() as held`;

type Stored = {
  schema: string;
  projection: string;
  version: number;
  build: number;
  shape: string;
  state: CopyState;
  switches: boolean;
  until_position: number | null;
  until_time: string | null;
  log_id: string | null;
  position: number;
  events: number;
  event_time: string | null;
  event_id: string | null;
  level: boolean;
  level_at: string | null;
  put_aside: number;
  failure: Failure | null;
  lease_owner: string | null;
  lease_epoch: number;
  held: boolean;
};

function copyOf(row: Stored): Copy {
  const { until_position, until_time, log_id, event_time, event_id, level_at, put_aside, lease_owner, lease_epoch, ...same } = row;
  const until = until_position !== null ? { position: until_position } : until_time !== null ? { time: until_time } : null;
  return {
    ...same,
    until,
    logId: log_id,
    eventTime: event_time,
    eventId: event_id,
    levelAt: level_at,
    putAside: put_aside,
    worker: row.held ? lease_owner : null,
    epoch: lease_epoch,
  };
}

export async function readCopies(connection: Connection): Promise<readonly Copy[]> {
  return (await run<Stored>(connection, `select ${columns} from aethyr.copies order by projection, version, build`)).map(copyOf);
}

/** The copy, its row locked until the transaction ends: no batch is written meanwhile. */
export async function lockCopy(transaction: Connection, schema: string): Promise<Copy | undefined> {
  const [row] = await run<Stored>(transaction, `select ${columns} from aethyr.copies where schema = $1 for update`, [schema]);
  return row && copyOf(row);
}

export async function readActive(connection: Connection): Promise<ReadonlyMap<string, string>> {
  const rows = await run<{ name: string; active: string }>(connection, "select name, active from aethyr.projections");
  return new Map(rows.map(({ name, active }) => [name, active]));
}

/** A worker's hold on a copy: nothing is written under it once another has it. */
export type Lease = { readonly schema: string; readonly owner: string; readonly epoch: number };

/** Takes the lease if nobody has it, or the one that had it let it expire, by the database's clock. */
export async function takeLease(
  connection: Connection,
  schema: string,
  owner: string,
  leaseMs: number,
): Promise<{ lease: Lease; copy: Copy } | undefined> {
  const [row] = await run<Stored>(
    connection,
    `update aethyr.copies set lease_owner = $2, lease_epoch = lease_epoch + 1, lease_until = clock_timestamp() + $3::float8 * interval '1 ms'
     where schema = $1 and failure is null and (lease_owner is null or lease_until <= clock_timestamp()) returning ${columns}`,
    [schema, owner, leaseMs],
  );
  return row && { lease: { schema, owner, epoch: row.lease_epoch }, copy: copyOf(row) };
}

/** Keeps the lease of a worker that has nothing to write. False where it is another's by now. */
export async function renewLease(connection: Connection, { schema, epoch }: Lease, leaseMs: number): Promise<boolean> {
  const rows = await run(
    connection,
    "update aethyr.copies set lease_until = clock_timestamp() + $3::float8 * interval '1 ms' where schema = $1 and lease_epoch = $2 returning schema",
    [schema, epoch, leaseMs],
  );
  return rows.length === 1;
}

export async function releaseLease(connection: Connection, { schema, epoch }: Lease): Promise<void> {
  await run(connection, "update aethyr.copies set lease_owner = null, lease_until = null where schema = $1 and lease_epoch = $2", [
    schema,
    epoch,
  ]);
}

/** Lets a copy that is made beside the active one stand still; whoever works on it stops. False where it is something else by now. */
export async function retireCopy(connection: Connection, schema: string): Promise<boolean> {
  const rows = await run(
    connection,
    `update aethyr.copies set state = 'retired', lease_owner = null, lease_until = null, lease_epoch = lease_epoch + 1
     where schema = $1 and state = 'building' and not switches returning schema`,
    [schema],
  );
  return rows.length === 1;
}

/** From where to where a transaction brings a copy, under which lease. */
export type Progress = {
  readonly lease: Lease;
  readonly from: number;
  readonly to: number;
  readonly events: number;
  readonly time: string | null;
  /** Of the event at `to`; null where there is none. */
  readonly id: string | null;
};

/**
 * Moves the checkpoints of copies, in the transaction of the rows, as its first statement: the copies' rows stay locked, so that nobody takes
 * over before the end. Gives how many events of each schema are put aside. Throws `LeaseLostError` where a copy is not the worker's or not
 * where it thinks.
 */
export async function moveCheckpoints(
  transaction: Connection,
  progress: readonly Progress[],
  leaseMs: number,
): Promise<ReadonlyMap<string, number>> {
  const moves = progress.map(({ lease: { schema, epoch }, from, to, events, time, id }) => ({ schema, epoch, from, to, events, time, id }));
  const rows = await run<{ schema: string; put_aside: number }>(
    transaction,
    `update aethyr.copies as c set position = v.to, events = c.events + v.events, event_time = coalesce(v.time, c.event_time), event_id = coalesce(v.id, c.event_id),
       lease_until = clock_timestamp() + $2::float8 * interval '1 ms', updated_at = clock_timestamp()
     from json_to_recordset($1) as v(schema text, epoch bigint, "from" bigint, "to" bigint, events bigint, time timestamptz, id text)
     where c.schema = v.schema and c.lease_epoch = v.epoch and c.position = v.from and c.failure is null and c.state not in ('retired', 'done')
     returning c.schema, c.put_aside`,
    [JSON.stringify(moves), leaseMs],
  );
  const putAside = new Map(rows.map(({ schema, put_aside }) => [schema, put_aside]));
  for (const { schema } of moves) if (!putAside.has(schema)) throw new LeaseLostError(schema);
  return putAside;
}

/** Changes some columns of a copy. Throws `LeaseLostError` where the lease is another's. */
export async function markCopy(
  connection: Connection,
  { schema, epoch }: Lease,
  changes: Readonly<Record<string, Json | undefined>>,
): Promise<void> {
  const names = Object.keys(changes);
  const assignments = names.map((name, index) => `${name} = $${index + 3}`).join(", ");
  const rows = await run(connection, `update aethyr.copies set ${assignments} where schema = $1 and lease_epoch = $2 returning schema`, [
    schema,
    epoch,
    ...names.map((name) => changes[name]),
  ]);
  if (rows.length === 0) throw new LeaseLostError(schema);
}
